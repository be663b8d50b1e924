## i386 keeps addends in the fields: all that name places in code follow, in
## every width; those that name a GOT entry or TLS offset of code do not.
# RUN: llvm-mc -filetype=obj -triple=i386 %s -o %t.o
# RUN: llvm-objdump -s -j .fields %t.o | FileCheck %s --check-prefix=OLD
# RUN: llvm-readelf -r %t.o | grep -o 'R_386_[A-Z0-9_]*' > %t.types
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -r %t.hot.o | grep -o 'R_386_[A-Z0-9_]*' | head -n 10 | diff %t.types -
# RUN: (llvm-readelf -s %t.hot.o && llvm-objdump -s -j .fields %t.hot.o) | FileCheck %s

# OLD: 0000 06000000 06000000 06000000 06060006
# OLD: 0010 06000000 00010000 00020000 00fcffff
# OLD: 0020 ff

# CHECK: [[#%.8x,G:]] {{.*}} g
# CHECK: 0000 [[#%.2x,G+2]]000000 [[#%.2x,G+2]]000000 [[#%.2x,G+2]]000000 [[#%.2x,G+2]][[#%.2x,G+2]]00[[#%.2x,G+2]]
# CHECK: 0010 [[#%.2x,G+2]]000000 00010000 00020000 00fcffff
# CHECK: 0020 ff

  .type f, @function
f:
  xor %eax, %eax
  ret
  .size f, . - f
  .balign 4
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
  .section .fields, "a", @progbits
  .long g + 2                  # R_386_32
  .long g + 2 - .              # R_386_PC32
  .long g + 2@GOTOFF           # R_386_GOTOFF
  .byte g + 2                  # R_386_8
  .short g + 2                 # R_386_16
  .byte g + 2 - .              # R_386_PC8
  .reloc ., R_386_32PLT, .text
  .long 6
  .reloc ., R_386_GOT32, g
  .long 256
  .reloc ., R_386_TLS_LDO_32, variable
  .long 512
  .reloc ., R_386_TLS_LE, variable
  .long -1024
  .byte -1
  .section .tbss, "awT", @nobits
  .type variable, @object
variable:
  .long 0
