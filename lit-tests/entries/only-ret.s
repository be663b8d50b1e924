## A function of one byte, with other code directly behind it.
# REQUIRES: gcc
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s --check-prefix=SYM
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

# SYM: 2 FUNC {{.*}} f
# SYM: 2 FUNC {{.*}} g

  .type f, @function
f:
  ret
  .size f, . - f
  .type g, @function
g:
  ret
  .size g, . - g
  .globl main
  .type main, @function
main:
  push %rax
  call f
  call g
  xor %eax, %eax
  pop %rcx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
