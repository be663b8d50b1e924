## An FDE of no bytes is no function and stays empty.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o | FileCheck %s --check-prefix=ONE
# RUN: llvm-dwarfdump --eh-frame %t.hot.o | FileCheck %s
# ONE: 1/1 functions

# CHECK: pc=[[P:[0-9a-f]+]]...[[P]]{{$}}

  .cfi_startproc
  .cfi_endproc
  .type f, @function
f:
  .cfi_startproc
  push %rbx
  .cfi_def_cfa_offset 16
  pop %rbx
  ret
  .cfi_endproc
  .size f, . - f
