## A distance from a base that may be either of two places: what stands between
## them is not moved.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# RUN: %cc %t.hot.o -o %t.out && %t.out
# CHECK: 4/6 functions hot-patchable
# CHECK: 2 skipped: unknown-base
# CHECK: one): unknown-base
# CHECK: two): unknown-base

.macro F name
  .globl \name
  .type \name, @function
\name:
.endm
  .text
F before
  ret
  .size before, . - before
F one
  push %rbx
  pop %rbx
  ret
  .size one, . - one
F two
  push %rbx
  pop %rbx
  ret
  .size two, . - two
F given # a base that only the caller knows
  mov .Ltable-two(%r10), %eax
  ret
  .size given, . - given
F last
  lea two(%rip), %r10
  call given
  lea one(%rip), %r11
  sub $11, %eax
  ret
  .size last, . - last
  .section .text.main, "ax", @progbits
F main
  sub $8, %rsp
  call last
  add $8, %rsp
  ret
  .size main, . - main
  .section .rodata
  .balign 64
  .zero 64
.Ltable:
  .long 11
  .zero 64
  .section .note.GNU-stack, "", @progbits
