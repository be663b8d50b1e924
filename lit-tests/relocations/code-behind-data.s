## Data in the middle of a function, jumped over, with what looks like calls in it.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .type five, @function
five:
  mov $5, %eax
  ret
  .size five, . - five
  .globl main
  .type main, @function
main:
  push %rbx
  jmp 1f
  .byte 0xe8, 0xf2, 0xff, 0xff # the start of a call, cut off
data:
  .byte 0xe8
  .long 0x01020304
  .byte 0xeb, 0xf0
1:
  call five
  mov data+1(%rip), %ecx
  cmp $0x01020304, %ecx
  jne 2f
  cmpw $0xf0eb, data+5(%rip)
  jne 2f
  sub $5, %eax
2:
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
