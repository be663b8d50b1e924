## SIZE32 and SIZE64: the size of a function that grew.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld -e f %t.hot.o -o %t.out
# RUN: llvm-objdump -s -j .sizes %t.out | FileCheck %s

## push and ret: 2 bytes, and a prefix.
# CHECK: 03000000 03000000 00000000

  .globl f
  .type f, @function
f:
  push %rbx
  .byte 0xc3
  .size f, . - f
  .section .sizes, "a", @progbits
  .long f@SIZE
  .quad f@SIZE
