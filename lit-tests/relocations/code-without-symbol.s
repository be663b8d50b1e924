## Code that has no symbol, size or unwinding information, and whose address only
## stands in a table, is decoded: its calls without relocation follow.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o && strip --strip-unneeded %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc -no-pie %t.hot.o -o %t.out && %t.out

  .text
  .globl main
  .type main, @function
main:
  push %rbx
  call *tab(%rip)
  sub $42, %eax
  pop %rbx
  ret
  .size main, . - main
.Lu:
  nop
  push %rcx
  call .Lv
  pop %rcx
  ret
  .globl between
  .type between, @function
between:
  ret
  .size between, . - between
.Lv:
  mov $42, %eax
  ret
  .globl last
  .type last, @function
last:
  ret
  .size last, . - last
  .data
  .balign 8
tab:
  .quad .Lu
  .section .note.GNU-stack, "", @progbits
