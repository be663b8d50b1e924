## What a widened instruction does to flags and registers is what it did before.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .type carry, @function
carry:
  stc
  ret
  .size carry, . - carry
  .type extend, @function
extend:
  cltd
  ret
  .size extend, . - extend
  .type swap, @function
swap:
  xchg %eax, %ecx # clears the upper halves of both
  ret
  .size swap, . - swap
  .type word, @function
word:
  cwtl
  ret
  .size word, . - word
  .globl main
  .type main, @function
main:
  push %rbx
  mov $1, %ebx
  clc
  call carry
  jnc 1f
  mov $-5, %eax
  call extend
  cmp $-1, %edx
  jne 1f
  mov $-1, %rax
  mov $-2, %rcx
  call swap
  mov $0xfffffffe, %edx
  cmp %rdx, %rax
  jne 1f
  mov $0xffffffffffff8000, %rax
  call word
  mov $0xffff8000, %edx
  cmp %rdx, %rax
  jne 1f
  xor %ebx, %ebx
1:
  mov %ebx, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
