## A jump into the middle of another function over its pad, and one inside a
## function that no pad comes between: only the first grows.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | grep -E 'jmp|je' | FileCheck %s

# CHECK: e9 {{.*}} <g+0x3>
# CHECK-NEXT: 74 7f {{.*}} <g+0x81>
# CHECK-NOT: {{.}}

  .type f, @function
f:
  xor %eax, %eax
  jmp 1f
  .skip 124, 0xf5
  .size f, . - f
  .type g, @function
g:
  je 2f
  stc
1:
  .skip 126, 0xf5
2:
  ret
  .size g, . - g
