## A jump into a row of equal pieces of code (entry + 8 * n): what is in the row and
## calls is followed, or left alone.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %cc %t.o -o %t.old && %t.old
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .type five, @function
five:
  mov $5, %eax
  ret
  .size five, . - five
  .type six, @function
six:
  mov $6, %eax
  ret
  .size six, . - six
  .type select, @function
select:
  push %rbx
  lea row(%rip), %rax
  lea (%rax,%rdi,8), %rax
  jmp *%rax
row:
  call five
  jmp 1f
  nop
  call six
  jmp 1f
  nop
1:
  pop %rbx
  ret
  .size select, . - select
  .globl main
  .type main, @function
main:
  push %rbx
  xor %edi, %edi
  call select
  mov %eax, %ebx
  mov $1, %edi
  call select
  lea -11(%rax,%rbx), %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
