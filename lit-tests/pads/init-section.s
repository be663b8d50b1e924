# Contributions to .init are parts of one function: code runs into each from the
# one before. The pad is jumped over, which check sees, and a second rewrite too.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o | FileCheck %s
# CHECK: 1/1 functions conform
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s --check-prefix=CODE
# CODE: 0: eb 06 {{.*}}jmp{{.*}} <_init>
# RUN: %rewrite %t.hot.o -o %t.twice.o && cmp %t.hot.o %t.twice.o
  .section .init, "ax", @progbits
  .p2align 2
  .globl _init
  .type _init, @function
_init:
  subq $8, %rsp
  callq work
