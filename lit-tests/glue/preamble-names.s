## __pfx_f is NOPs that a tracer or mitigation owns, not a function.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o | FileCheck %s
# RUN: llvm-nm -n %t.hot.o | FileCheck %s --check-prefix=SYM

## Only f counts. It still is 16 bytes behind __pfx_f.
# CHECK: /1 functions
# SYM: [[#%x,P:]] t __pfx_f
# SYM-NEXT: [[#%.16x,P+16]] T f

  .balign 16
  .type __pfx_f, @function
__pfx_f:
  .skip 16, 0x90
  .size __pfx_f, . - __pfx_f
  .globl f
  .type f, @function
f:
  xor %eax, %eax
  ret
  .size f, . - f
