## `call next; next: pop` is how old position-independent code learns where it is.
## The label has a name, but it is no function: nothing may get between.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %cc %t.o -o %t.old && %t.old
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out

  .text
  .globl main
  .type main, @function
main:
  push %rbx
  call next
next:
  pop %rax
  mov data-next(%rax), %eax
  sub $77, %eax
  pop %rbx
  ret
  .size main, . - main
data:
  .long 77
  .section .note.GNU-stack, "", @progbits
