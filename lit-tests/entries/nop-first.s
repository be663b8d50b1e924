## A one-byte NOP becomes a two-byte one; it is not kept beside a new one.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# CHECK-LABEL: <f>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: c3

  .globl f
  .type f, @function
f:
  nop
  ret
  .size f, . - f
