## The only local symbol of a section is an IFUNC: relocations against it would
## lead to a PLT entry, not to the code.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld -e f %t.hot.o -o %t.out
# RUN: %python %S/Inputs/entries.py %t.out | FileCheck %s

# CHECK: f
# CHECK-NEXT: resolver
# CHECK-NEXT: slots 2

  .globl f
  .type f, @function
f:
  call resolver@PLT
  ret
  .size f, . - f
  .type resolver, @gnu_indirect_function
resolver:
  xor %eax, %eax
  ret
  .size resolver, . - resolver
