# A file whose only symbols are untyped: rewriting it again changes nothing, and
# the label of what was added is no function.
# RUN: llvm-mc -filetype=obj -triple=x86_64-linux-gnu %s -o %t.o
# RUN: %rewrite %t.o -o %t.once.o
# RUN: %hotpad check %t.once.o | FileCheck %s
# CHECK: 1/1 functions conform
# RUN: %rewrite %t.once.o -o %t.twice.o
# RUN: cmp %t.once.o %t.twice.o

  .text
  .globl f
f:
  mov $7, %eax
  ret
