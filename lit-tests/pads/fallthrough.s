## Code that runs into the next function still does: the pad is jumped over.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .type addTwo, @function
addTwo:
  add $1, %edi
  .size addTwo, . - addTwo
  .type addOne, @function
addOne:
  lea 1(%rdi), %eax
  ret
  .size addOne, . - addOne
  .type addFour, @function
addFour:
  add $2, %edi
  test %edi, %edi
  jne addTwo
  .size addFour, . - addFour
  .balign 16
  .type addTwoAligned, @function
addTwoAligned:
  lea 2(%rdi), %eax
  ret
  .size addTwoAligned, . - addTwoAligned
  .globl main
  .type main, @function
main:
  push %rbx
  mov $40, %edi
  call addTwo
  lea -42(%rax), %ebx
  mov $38, %edi
  call addFour
  sub $42, %eax
  or %eax, %ebx
  mov $-2, %edi # falls into addTwoAligned
  call addFour
  sub $2, %eax
  or %ebx, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
