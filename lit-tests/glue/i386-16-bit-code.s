## Code for real mode says so by the size of its addresses only. It is not read as
## 32-bit code, but left alone.
# RUN: llvm-mc -filetype=obj -triple=i386 %s -o %t.o
# RUN: llvm-readelf -r %t.o | FileCheck %s --check-prefix=OLD
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# RUN: cmp %t.o %t.hot.o
# OLD: R_386_PC16
# CHECK: 0/2 functions hot-patchable
# CHECK: 2 skipped: unknown-instruction

  .code16
  .type f, @function
f:
  push %bx
  call other
  pop %bx
  ret
  .size f, . - f
  .type g, @function
g:
  push %bx
  pop %bx
  ret
  .size g, . - g
