## R_X86_64_NONE keeps a section alive and changes nothing; it moves with its place.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -r %t.hot.o | FileCheck %s

# CHECK: '.rela.text'
# CHECK: 000000000000000a {{.*}} R_X86_64_NONE
# CHECK: 000000000000000b {{.*}} R_X86_64_NONE

  .type f, @function
f:
  push %rbx
  .reloc ., R_X86_64_NONE, keep
  pop %rbx
  .reloc ., R_X86_64_NONE, keep
  ret
  .size f, . - f
  .section keep, "a", @progbits
  .long 0
