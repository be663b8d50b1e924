## What has an FDE of its own is a function even without symbol type and size.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o | FileCheck %s
# RUN: llvm-nm -n %t.hot.o | FileCheck %s --check-prefix=NM
# RUN: %hotpad check --explain=g %t.hot.o | FileCheck %s --check-prefix=NAME
# NAME: (g): conforms
# CHECK: 2/2 functions conform
# NM: [[#%x,]] T f
# NM: [[#%x,]] T g

  .globl f, g
f:
  .cfi_startproc
  push %rbx
  .cfi_def_cfa_offset 16
  pop %rbx
  ret
  .cfi_endproc
g:
  .cfi_startproc
  ret
  .cfi_endproc
