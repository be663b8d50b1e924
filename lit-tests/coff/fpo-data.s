# Frame pointer omission records (.debug$F) follow the size of the function and of
# its prolog: 53 becomes ff f3.
# RUN: llvm-mc -filetype=obj -triple=i686-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: llvm-objdump -s -j '.debug$F' %t.hot.o | FileCheck %s
# RUN: llvm-objdump -r -j '.debug$F' %t.hot.o | FileCheck %s --check-prefix=RELOCATION

## g: 3 bytes, no prolog, wide enough. f: 5 bytes, now 6; prolog 4, now 5.
# CHECK:      0000 00000000 03000000 00000000 00000000
# CHECK-NEXT: 0010 00000000 06000000 01000000 01000501
# RELOCATION: IMAGE_REL_I386_DIR32NB g
# RELOCATION: IMAGE_REL_I386_DIR32NB f

  .text
  .def g
  .scl 2
  .type 32
  .endef
  .globl g
g:
  xorl %eax, %eax
  retl
  .def f
  .scl 2
  .type 32
  .endef
  .globl f
f:
  pushl %ebx
  subl $4, %esp
  retl

  .section .debug$F, "dr"
  .long g@IMGREL, 3, 0
  .short 0
  .byte 0, 0
  .long f@IMGREL, 5, 1
  .short 1
  .byte 4, 1
