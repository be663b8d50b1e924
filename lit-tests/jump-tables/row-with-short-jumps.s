## A row of equal pieces whose short jumps would have to grow: then the pieces are
## no longer equal. The pads between have to give way.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %cc %t.o -o %t.old && %t.old
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .type select, @function
select:
  mov $3, %eax
  lea row(%rip), %rcx
  lea (%rcx,%rdi,4), %rcx
  jmp *%rcx
row:
  jmp far
  inc %eax
  jmp far
  inc %eax
  dec %eax
  jmp far
  .skip 108, 0xcc
  .size select, . - select
  .type far, @function
far:
  sub $3, %eax
  ret
  .size far, . - far
  .globl main
  .type main, @function
main:
  push %rbx
  xor %edi, %edi
  call select
  mov %eax, %ebx
  mov $1, %edi
  call select
  or %eax, %ebx
  mov $2, %edi
  call select
  inc %eax
  or %ebx, %eax
  pop %rbx
  ret
  .size main, . - main
  .section .note.GNU-stack, "", @progbits
