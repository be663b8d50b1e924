# gcc's .pdata.startup.f belongs to .text.startup.f, whose function has no symbol
# in a stripped archive.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-gnu %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# CHECK: 1/1 functions hot-patchable; 1 padded, 1 widened
# A prologue of 2 bytes, and at its end the push.
# RUN: llvm-readobj --hex-dump=.xdata.startup.f %t.hot.o | FileCheck %s --check-prefix=UNWIND
# UNWIND: 0x00000000 01020100 02300000
# RUN: %hotpad check %t.hot.o
  .section .text.startup.f, "xr"
  push %rbx
  pop %rbx
  ret
end:
  .section .xdata.startup.f, "dr"
info:
  .byte 1, 1, 1, 0, 1, 0x30, 0, 0
  .section .pdata.startup.f, "dr"
  .long .text.startup.f@IMGREL, end@IMGREL, info@IMGREL
