# Addends stand in the contents; compressed ones cannot be read or changed.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=i386-linux-gnu %s -o whole.o
# RUN: llvm-objcopy --compress-sections=notes=zlib whole.o in.o
# RUN: %refused %hotpad rewrite in.o -o out.o | FileCheck %s --match-full-lines
# CHECK: hotpad: error: in.o: notes+0x0: relocations have their addends in contents that are compressed

        .text
        .globl  f
        .type   f, @function
f:      ret
        .size   f, .-f
        .section notes, "", @progbits
        .long   f
        .fill   1000
