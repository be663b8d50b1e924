## A table in .text, in front of the function that uses it: distances without
## relocation. Each case calls another function, and none is reached otherwise.
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
  .balign 4
table:
  .long .Lcase0 - table
  .long .Lcase1 - table
  .type select, @function
select:
  push %rbx
  lea table(%rip), %rbx
  movslq (%rbx,%rdi,4), %rax
  add %rbx, %rax
  jmp *%rax
.Lcase0:
  call five
  pop %rbx
  ret
.Lcase1:
  call six
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
