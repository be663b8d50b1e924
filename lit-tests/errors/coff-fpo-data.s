# Frame pointer omission records that cannot be right.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=i686-windows-msvc --defsym SIZE=9 --defsym REST=0 %s -o size.o
# RUN: %refused %hotpad rewrite size.o -o out.o | FileCheck %s --match-full-lines --check-prefix=SIZE
# SIZE: hotpad: error: size.o: .debug$F+0x0: record covers 0x9 bytes, 0x0 of prolog, of .text+0x0, past the end of that section (0x3)
# RUN: llvm-mc -filetype=obj -triple=i686-windows-msvc --defsym SIZE=3 --defsym REST=1 %s -o rest.o
# RUN: %refused %hotpad rewrite rest.o -o out.o | FileCheck %s --match-full-lines --check-prefix=REST
# REST: hotpad: error: rest.o: .debug$F+0x0: 0x11 bytes are no whole number of records (16 bytes)

  .text
  .globl f
f:
  xorl %eax, %eax
  retl
  .section .debug$F, "dr"
  .long f@IMGREL, SIZE, 0, 0
  .fill REST, 1, 0
