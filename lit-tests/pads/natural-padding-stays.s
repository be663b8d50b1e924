## Padding that suffices stays as it is, whatever NOPs it is made of.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -s -j .text %t.hot.o | FileCheck %s

# CHECK: 0010 31c0c366 6666662e 0f1f8400 00000000
# CHECK: 0020 31c0c3

  .balign 16
  .type f, @function
f:
  xor %eax, %eax
  ret
  .size f, . - f
  .byte 0x66,0x66,0x66,0x66,0x2e,0x0f,0x1f,0x84,0,0,0,0,0
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
