# Compressed offsets of __CxxFrameHandler4: with two bytes more at the entry, 126
# becomes 128 and needs a second byte. What stands behind a table keeps its
# alignment, and what points there follows.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.o
# RUN: llvm-objdump -s -j .xdata %t.o | FileCheck %s --check-prefix=OLD
# RUN: %rewrite --entry=nop %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: llvm-objdump -s -j .xdata %t.hot.o | FileCheck %s --check-prefix=NEW
# RUN: llvm-nm %t.hot.o | FileCheck %s --check-prefix=SYMBOLS
# RUN: llvm-readobj --unwind %t.hot.o | FileCheck %s --check-prefix=UNWIND

# OLD:      0000 19040100 04420000 00000000 00000000
# OLD-NEXT: 0010 18000000 00000000 00000000 00000200
# OLD-NEXT: 0020 00020000 00000211 80000000 00fc0600
# OLD-NEXT: 0030 02fc04fc 02000000 11223344

## The prolog has 6 bytes now. fc (252) at 2d, where to go on, is 128 bytes
## from the entry: 128 << 2 | 1 = 0x201, and three zeros. So is fc at 31, the
## second entry of the states; the third is 126 bytes behind it still.
# NEW:      0000 19060100 06420000 00000000 00000000
# NEW-NEXT: 0010 18000000 00000000 00000000 00000200
# NEW-NEXT: 0020 00020000 00000211 80000000 00010200
# NEW-NEXT: 0030 00000600 02010204 fc020000 00000000
# NEW-NEXT: 0040 11223344

# SYMBOLS-DAG: 00000040 r behind
# SYMBOLS-DAG: 00000032 r states

# UNWIND: PrologSize: 6
# UNWIND: 0x06: ALLOC_SMALL size=40
# UNWIND: Handler: __CxxFrameHandler4

  .text
  .globl f
  .def f
  .scl 2
  .type 32
  .endef
  .p2align 4
f:
  subq $40, %rsp
  .fill 122, 1, 0x99           # cltd
  .fill 126, 1, 0x99
  addq $40, %rsp
  retq
fEnd:
  .def catch
  .scl 3
  .type 32
  .endef
  .p2align 4
catch:
  xorl %eax, %eax
  retq

  .section .xdata, "dr"
  .p2align 2
info:
  .byte 0x19, 4, 1, 0          # handler and terminate handler; 4 bytes, 1 code
  .byte 4, 0x42, 0, 0          # at 4: allocates 40
  .long __CxxFrameHandler4@IMGREL
  .long func@IMGREL
func:
  .byte 0x18                   # unwind map, try blocks
  .long unwindMap@IMGREL
  .long tryBlocks@IMGREL
  .long states@IMGREL
unwindMap:
  .byte 0                      # no entry
tryBlocks:
  .byte 2, 0, 0, 2             # one; states 0, 0, 1
  .long handlers@IMGREL
handlers:
  .byte 2, 0x11, 0x80          # one; adjectives (64), one offset
  .long catch@IMGREL
  .byte 252
states:
  .byte 6                      # three entries: distance, state + 1
  .byte 0, 2
  .byte 252, 4
  .byte 252, 2
  .p2align 2
behind:
  .long 0x44332211

  .section .pdata, "dr"
  .long f@IMGREL
  .long fEnd@IMGREL
  .long info@IMGREL
