# A function in two parts that share their tables (FH4, "separated"): a list of maps of
# states, each counted from its own part. Numbers may have more bytes than they need.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=ALL
# ALL: 3/3 functions hot-patchable; 3 padded, 1 widened
# RUN: %hotpad check %t.hot.o
# RUN: llvm-objdump -s -j .xdata %t.o | FileCheck %s --check-prefix=OLD
# RUN: llvm-objdump -s -j .xdata %t.hot.o | FileCheck %s --check-prefix=NEW
## From the entry of f to its call it is one byte more: 1 becomes 2, in 5 bytes still.
# OLD: 0030 00000000 00000004 0f010000 00130000
# OLD: 0040 57000000 11000200 04
# NEW: 0030 00000000 00000004 0f020000 00130000
# NEW: 0040 57000000 11000200 04

  .text
  .globl f, g
  .def f; .scl 2; .type 32; .endef
f:
  pushq %rbx
  callq may                    # 1 byte behind f
  nop                          # 5 bytes behind that
  popq %rbx
  jmp cold
fEnd:
  .def g; .scl 2; .type 32; .endef
g:
  xorl %eax, %eax
  retq
gEnd:
cold:
  callq may
  int3
coldEnd:

  .section .xdata, "dr"
  .p2align 2
info:
  .byte 0x19, 1, 1, 0          # handler and terminate handler; 1 byte, 1 code
  .byte 1, 0x30, 0, 0          # at 1: pushes rbx
  .long __CxxFrameHandler4@IMGREL
  .long func@IMGREL
infoCold:
  .byte 0x19, 0, 0, 0
  .long __CxxFrameHandler4@IMGREL
  .long func@IMGREL
func:
  .byte 0x0a                   # unwind map, separated
  .long unwindMap@IMGREL
  .long parts@IMGREL
unwindMap:
  .byte 0                      # no entry
parts:
  .byte 4                      # two
  .long f@IMGREL, statesF@IMGREL
  .long cold@IMGREL, statesCold@IMGREL
statesF:
  .byte 4                      # two entries: distance, state + 1
  .byte 0x0f, 1, 0, 0, 0       # 32 bits: 1
  .byte 0x13, 0, 0             # 21 bits: 2
  .byte 0x57, 0, 0, 0          # 28 bits: 5
  .byte 0x11, 0                # 14 bits: 4
statesCold:
  .byte 2
  .byte 0, 4                   # 7 bits: 0, 2

  .section .pdata, "dr"
  .long f@IMGREL, fEnd@IMGREL, info@IMGREL
  .long cold@IMGREL, coldEnd@IMGREL, infoCold@IMGREL
