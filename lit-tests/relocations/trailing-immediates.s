## A pc-relative operand with an immediate behind it: the addend counts from the
## field, the processor from the end of the instruction. The operands are code of
## another section that moves, named by section symbols.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .section .text.data, "ax", @progbits
  .type first, @function
first:
  mov $0x11223344, %eax
  ret
  .size first, . - first
  .type second, @function
second:
  mov $0x55667788, %eax
  ret
  .size second, . - second
  .text
  .globl main
  .type main, @function
main:
  push %rbx
  mov $1, %ebx
  cmpl $0x55667788, second+1(%rip)
  jne 1f
  cmpw $0x7788, second+1(%rip)
  jne 1f
  cmpb $0x88, second+1(%rip)
  jne 1f
  mov second+1(%rip), %eax
  cmp $0x55667788, %eax
  jne 1f
  call *pointer(%rip)
  cmp $0x11223344, %eax
  jne 1f
  xor %ebx, %ebx
1:
  mov %ebx, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .data.rel, "aw", @progbits
  .balign 8
pointer:
  .quad first
  .section .note.GNU-stack, "", @progbits
