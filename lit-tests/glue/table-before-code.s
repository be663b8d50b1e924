## Like GHC's info tables: words with relocations directly before the entry, read
## relative to it. Nothing names them.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .balign 8
  .long other - .
  .long 7
  .globl closure
  .type closure, @function
closure:
  xor %eax, %eax
  ret
  .size closure, . - closure
  .balign 16
  .globl main
  .type main, @function
main:
  push %rbx
  lea closure(%rip), %rbx
  movslq -8(%rbx), %rax
  lea -8(%rbx,%rax), %rax
  call *%rax
  sub -4(%rbx), %eax
  pop %rbx
  ret
  .size main, . - main
  .section .text.other, "ax", @progbits
  .globl other
  .type other, @function
other:
  mov $7, %eax
  ret
  .size other, . - other
  .section .note.GNU-stack, "", @progbits
