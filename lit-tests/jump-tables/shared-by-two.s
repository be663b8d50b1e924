## One table serves two functions, and one of its cases lies in the other.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .type f, @function
f:
  push %rbx
  lea table(%rip), %rbx
  movslq (%rbx,%rdi,4), %rax
  add %rbx, %rax
  jmp *%rax
.Lcase0:
  mov $5, %eax
  pop %rbx
  ret
  .size f, . - f
  .type g, @function
g:
  push %rbx
  lea table(%rip), %rbx
  movslq (%rbx,%rdi,4), %rax
  add %rbx, %rax
  jmp *%rax
.Lcase1:
  mov $6, %eax
  pop %rbx
  ret
.Lcase2:
  mov $9, %eax
  pop %rbx
  ret
  .size g, . - g
  .globl main
  .type main, @function
main:
  push %rbx
  push %r12
  mov $2, %ebx
  mov $-40, %r12d
1:
  mov %ebx, %edi
  call f
  add %eax, %r12d
  mov %ebx, %edi
  call g
  add %eax, %r12d
  dec %ebx
  jns 1b
  mov %r12d, %eax
  pop %r12
  pop %rbx
  ret
  .size main, . - main
  .section .rodata
  .balign 4
table:
  .long .Lcase0 - table
  .long .Lcase1 - table
  .long .Lcase2 - table
  .section .note.GNU-stack, "", @progbits
