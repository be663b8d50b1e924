# Compressed debug information is refused, or dropped without being read.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=i386-linux-gnu %s -o whole.o
# RUN: llvm-objcopy --compress-debug-sections=zlib whole.o in.o
# RUN: %refused %hotpad rewrite in.o -o out.o | FileCheck %s --match-full-lines
# CHECK: hotpad: error: in.o: .debug_info+0x0: has debug information, which is not supported yet; --strip-debug drops it
# RUN: %rewrite --strip-debug in.o -o out.o
# RUN: %hotpad check out.o
# RUN: llvm-readelf -SrW out.o | FileCheck %s --check-prefix=OUT
# OUT: .debug_info PROGBITS 00000000 {{[0-9a-f]+}} 000000
# OUT-NOT: .debug_info at offset

        .text
        .globl  f
        .type   f, @function
f:      ret
        .size   f, .-f
        .section .debug_info, "", @progbits
        .long   f
        .fill   1000
