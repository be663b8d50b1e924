## movabs of a function and of a label inside it.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc -no-pie %t.hot.o -o %t.out && %t.out

  .type f, @function
f:
  push %rbx
  mov $42, %ebx
.Linside:
  mov %ebx, %eax
  pop %rbx
  ret
  .size f, . - f
  .globl main
  .type main, @function
main:
  push %rbx
  movabs $f, %rax
  call *%rax
  mov %eax, %ebx
  lea 1f(%rip), %rax
  push %rax
  push $-42
  xchg %ebx, %edx
  mov $-42, %ebx
  movabs $.Linside, %rax
  pop %rcx
  lea 1f(%rip), %rcx
  push %rbx # what .Linside pops
  jmp *%rax # returns to 1
1:
  add %edx, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
