## The address of a whole function, taken by code, says nothing about distances
## inside it: its branches may grow, with unwinding information as without.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# RUN: %hotpad check %t.hot.o
# CHECK: 3/3 functions hot-patchable

  .text
  .type g, @function
g:
  .cfi_startproc
  .fill 117, 1, 0x90
  ret
  .cfi_endproc
  .size g, . - g
  .type f, @function
f:
  .cfi_startproc
  push %rbp
  mov %rdi, %rbp
  pop %rbp
  jmp g
  .cfi_endproc
  .size f, . - f
  .globl user
  .type user, @function
user:
  .cfi_startproc
  mov $f, %edi
  ret
  .cfi_endproc
  .size user, . - user
