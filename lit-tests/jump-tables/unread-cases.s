## Cases that only an unusual table leads to: 2-byte distances. They call another
## function, so they must be followed, or everything between be left alone.
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
  lea table(%rip), %rbx
  movswq (%rbx,%rdi,2), %rax
  lea .Lcase0(%rip), %rbx
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
  .section .rodata
table:
  .short 0, .Lcase1 - .Lcase0
  .section .note.GNU-stack, "", @progbits
