## The call graph profile names symbols by relocations of no width.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: llvm-readelf --cg-profile %t.o | tail -n +2 > %t.txt
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf --cg-profile %t.hot.o | tail -n +2 | diff %t.txt -

  .globl f
  .type f, @function
f:
  call g
  ret
  .size f, . - f
  .globl g
  .type g, @function
g:
  push %rbx
  pop %rbx
  ret
  .size g, . - g
  .cg_profile f, g, 10
