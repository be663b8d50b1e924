## Two tables behind the code of a function, one directly behind the other: the code that
## takes the address of the second is reached by way of the first only. The first is not
## read on into the second, and the program does what it did.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %cc %t.o -o %t.old && %t.old
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# CHECK: 3/3 functions hot-patchable
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .type select, @function
select:
  push %rbx
  lea .Lfirst(%rip), %rax
  movslq (%rax,%rdi,4), %rbx
  add %rax, %rbx
  jmp *%rbx
.Lcase0:
  mov $1, %eax
  pop %rbx
  ret
.Lcase1:
  lea .Lsecond(%rip), %rax
  movslq (%rax,%rsi,4), %rbx
  add %rax, %rbx
  jmp *%rbx
.Lcase2:
  mov $10, %eax
  pop %rbx
  ret
.Lcase3:
  mov $100, %eax
  pop %rbx
  ret
.Lcase4:
  call thousand
  pop %rbx
  ret
  .balign 4, 0x90
.Lfirst:
  .long .Lcase0 - .Lfirst
  .long .Lcase1 - .Lfirst
.Lsecond:
  .long .Lcase2 - .Lsecond
  .long .Lcase3 - .Lsecond
  .long .Lcase4 - .Lsecond
  .size select, . - select
  .type thousand, @function
thousand:
  mov $1000, %eax
  ret
  .size thousand, . - thousand

  .globl main
  .type main, @function
main:
  push %rbx
  xor %edi, %edi
  call select
  mov %eax, %ebx
  mov $1, %edi
  xor %esi, %esi
  call select
  add %eax, %ebx
  mov $1, %edi
  mov $1, %esi
  call select
  add %eax, %ebx
  mov $1, %edi
  mov $2, %esi
  call select
  lea -1111(%rax,%rbx), %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
