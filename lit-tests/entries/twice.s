## Rewriting what was rewritten changes nothing.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.once.o
# RUN: %rewrite %t.once.o -o %t.twice.o
# RUN: cmp %t.once.o %t.twice.o

  .type f, @function
f:
  push %rbx
  jne f
  pop %rbx
  ret
  .size f, . - f
  .globl g
  .type g, @function
g:
  endbr64
  ret
  .size g, . - g
