## endbr64 stays first; the patch site is the instruction behind it.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# CHECK-LABEL: <f>:
# CHECK-NEXT: f3 0f 1e fa
# CHECK-NEXT: 40 55 {{.*}}pushq %rbp
# CHECK-NEXT: 5d
# CHECK-LABEL: <g>:
# CHECK-NEXT: f3 0f 1e fa
# CHECK-NEXT: 31 c0
# CHECK-LABEL: <h>:
# CHECK-NEXT: f3 0f 1e fa
# CHECK-NEXT: 66 90
# CHECK-NEXT: f4

  .type f, @function
f:
  endbr64
  push %rbp
  pop %rbp
  ret
  .size f, . - f
  .balign 16
  .type g, @function
g:
  endbr64
  xor %eax, %eax
  ret
  .size g, . - g
  .balign 16
  .type h, @function
h:
  endbr64
  hlt
  .size h, . - h
