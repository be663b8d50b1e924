## Constants that code finds through a return address keep their alignment too:
## `call 1f; constants; 1: pop %rax` in a function whose entry grows.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %cc %t.o -o %t.old && %t.old
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .balign 64
  .globl main
  .type main, @function
main:
  push %rbx
  push %rcx
  pop %rcx
  lea 2(%rbx), %rbx
  jmp 2f
  .balign 16
  .skip 11, 0x90
2:
  call 1f
  .long 1, 2, 3, 4
1:
  pop %rax
  movaps (%rax), %xmm0
  xor %eax, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
