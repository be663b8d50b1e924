## Branches as first instructions: two bytes and more are kept, also when they must
## grow because of the pads between.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .type a, @function
a:
  jmp target
  .size a, . - a
  .type b, @function
b:
  bnd jmp target
  .size b, . - b
  .type c, @function
c:
  jrcxz target
  ud2
  .size c, . - c
  .skip 112, 0xcc
  .type target, @function
target:
  inc %eax
  ret
  .size target, . - target
  .globl main
  .type main, @function
main:
  push %rbx
  mov $-3, %eax
  xor %ecx, %ecx
  call a
  call b
  call c
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
