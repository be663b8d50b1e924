## A new pad is int3 throughout, the NOPs that were too few included.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -s -j .text %t.hot.o | FileCheck %s

# CHECK:      0000 cccccccc cccccccc 31c0b901 000000c3
# CHECK-NEXT: 0010 cccccccc cccccccc 31c0c3

  .balign 8
  .type f, @function
f:
  xor %eax, %eax
  mov $1, %ecx
  ret
  .size f, . - f
  .balign 4
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
