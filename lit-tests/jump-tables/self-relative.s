## `.long f - .`: each word is measured from itself, side by side like the entries
## of a jump table.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite --entry=nop %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

.macro F name, value
  .type \name, @function
\name:
  mov $\value, %eax
  ret
  .size \name, . - \name
.endm
  .text
F f0, 3
F f1, 5
F f2, 7
F f3, 11
  .globl main
  .type main, @function
main:
  push %rbx
  push %r12
  push %r13
  lea table(%rip), %rbx
  xor %r12d, %r12d
  xor %r13d, %r13d
1:
  lea (%rbx,%r12,4), %rcx
  movslq (%rcx), %rax
  add %rcx, %rax
  call *%rax
  imul $13, %r13d, %r13d
  add %eax, %r13d
  inc %r12d
  cmp $4, %r12d
  jne 1b
  lea -(3*13*13*13+5*13*13+7*13+11)(%r13), %eax
  pop %r13
  pop %r12
  pop %rbx
  ret
  .size main, . - main
  .section .rodata
  .balign 4
table:
  .long f0 - .
  .long f1 - .
  .long f2 - .
  .long f3 - .
  .section .note.GNU-stack, "", @progbits
