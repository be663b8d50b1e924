## Inside a section calls, jumps and rip-relative operands have no relocation:
## all of them are found by decoding, across many functions, both ways.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

## step N adds N to eax, through a constant behind it, and goes on to N - 1.
.altmacro
.macro STEP n, next
  .type step\n, @function
step\n:
  push %rbx
  pop %rbx
  add constant\n(%rip), %eax
  jmp step\next
  .size step\n, . - step\n
constant\n:
  .long \n
.endm
  .text
  .type step0, @function
step0:
  ret
  .size step0, . - step0
.set i, 1
.rept 40
  STEP %i, %(i - 1)
  .set i, i + 1
.endr
  .globl main
  .type main, @function
main:
  push %rbx
  lea 1f(%rip), %rcx
  xor %eax, %eax
  call step40
  sub $820, %eax
  jmp *%rcx
1:
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
