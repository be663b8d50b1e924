## The distance between two labels is a constant somewhere. Between them stands a
## short jump to another function that a pad moves out of reach: the jump must not
## grow, or the constant is wrong.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %cc -no-pie %t.o -o %t.old && %t.old
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc -no-pie %t.hot.o -o %t.out && %t.out

  .text
  .globl main
  .type main, @function
main:
  lea 1f(%rip), %rax
  mov distance(%rip), %ecx
  add %rcx, %rax
  jmp *%rax
1:
  jmp target # rel8, 126 bytes
2:
  test %esp, %esp
  jne 1b
  ud2
  .skip 119, 0x90
  .size main, . - main
  .type target, @function
target:
  xor %eax, %eax
  ret
  .size target, . - target
  .section .rodata
distance:
  .long 2b - 1b
  .section .note.GNU-stack, "", @progbits
