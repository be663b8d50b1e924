## A second entry in the middle of a function has a pad too, which the code from
## above runs through or over.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o | FileCheck %s
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s --check-prefix=SYM
# RUN: %cc %t.hot.o -o %t.out && %t.out

# CHECK: 3/3 functions conform
## outer's size still covers inner.
# SYM-DAG: [[#%x,]] {{ *}}[[#OUTER:]] FUNC {{.*}} outer
# SYM-DAG: FUNC {{.*}} inner

  .text
  .type outer, @function
outer:
  add $10, %edi
  .type inner, @function
inner:
  lea 1(%rdi), %eax
  ret
  .size inner, . - inner
  .size outer, . - outer
  .globl main
  .type main, @function
main:
  push %rbx
  mov $1, %edi
  call outer
  lea -12(%rax), %ebx
  mov $1, %edi
  call inner
  sub $2, %eax
  or %ebx, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
