## Branches of one byte that the linker resolves (PC8).
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: llvm-readelf -r %t.o | grep PC8
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .globl main, far
  .type far, @function
far:
  xor %eax, %eax
  ret
  .size far, . - far
  .type main, @function
main:
  push %rbx
  pop %rbx
  jmp 1f
1:
  xor %ecx, %ecx
  jrcxz far
  ud2
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
