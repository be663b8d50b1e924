## Assembly that aligns a function behind .cfi_startproc: its unwinding range
## begins in the padding, where no function is.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: not %hotpad check --json %t.o | FileCheck %s
# RUN: %rewrite --entry=nop %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %rewrite --entry=nop %t.hot.o -o %t.twice.o
# RUN: cmp %t.hot.o %t.twice.o
# CHECK: "functions": 2

  .globl f, g
  .type f, @function
f:
  .cfi_startproc
  push %rax
  pop %rax
  ret
  .cfi_endproc
  .size f, . - f
  .cfi_startproc
  .p2align 4
  .type g, @function
g:
  push %rax
  .cfi_def_cfa_offset 16
  pop %rax
  ret
  .cfi_endproc
  .size g, . - g
