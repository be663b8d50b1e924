## A loop inside a function keeps its alignment when the entry grows.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s

# CHECK: 10 <f>:
# CHECK-NEXT: 10: pushq %rbx
# CHECK-NEXT: 12: xorl
# CHECK: 20: decl
# CHECK-NEXT: jne 0x20
# CHECK: 30: incl
# CHECK-NEXT: jne 0x30
# CHECK: 40 <g>:

  .balign 16
  .type f, @function
f:
  push %rbx
  xor %ebx, %ebx
  .balign 16
1:
  decl (%rdi)
  jne 1b
  .balign 16
2:
  incl (%rdi)
  jne 2b
  pop %rbx
  ret
  .size f, . - f
  .balign 16
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
