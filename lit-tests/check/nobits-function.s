# A function in an executable section without contents has no bytes to look at: it
# falls short, and the others are judged.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: not %hotpad check %t.hot.o | FileCheck %s
# CHECK: 1/2 functions conform
# CHECK: .xbss+0x0 (empty): lacks C1
# CHECK-NOT: (f)

  .section .xbss, "awx", @nobits
  .globl empty
  .type empty, @function
empty:
  .skip 64
  .size empty, 64
  .text
  .globl f
  .type f, @function
f:
  lea empty(%rip), %rax
  ret
  .size f, . - f
