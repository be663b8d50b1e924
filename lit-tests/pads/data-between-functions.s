## Constants between functions keep their alignment: movaps faults otherwise.
# REQUIRES: gcc, bfd
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.lld -fuse-ld=lld && %t.lld
# RUN: %cc %t.hot.o -o %t.bfd -fuse-ld=bfd && %t.bfd

  .text
  .type before, @function
before:
  push %rbx
  pop %rbx
  ret
  .size before, . - before
  .balign 64
constants:
  .long 1, 2, 3, 4
  .type main, @function
  .globl main
main:
  push %rbx
  call before
  movaps constants(%rip), %xmm0
  movaps constants(%rip), %xmm1
  lea constants(%rip), %rax
  and $63, %eax
  movmskps %xmm0, %ecx
  add %ecx, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
