## The distance of a function from a place in data, kept behind that place.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .type f, @function
f:
  mov $9, %eax
  ret
  .size f, . - f
  .globl main
  .type main, @function
main:
  push %rbx
  lea base(%rip), %rax
  movslq 4(%rax), %rcx
  add %rcx, %rax
  call *%rax
  sub $9, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .rodata
base:
  .long 0
  .long f - base
  .section .note.GNU-stack, "", @progbits
