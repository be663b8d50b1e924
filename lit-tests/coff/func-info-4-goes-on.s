# Where a catch block goes on, only the compressed table (FH4) says: it is code, the
# jump there follows, and the function is not skipped.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=ALL
# ALL: 2/2 functions hot-patchable
# RUN: %hotpad check %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s
# CHECK:      <f>:
# CHECK-NEXT: pushq %rbx
# CHECK-NEXT: callq
# CHECK-NEXT: nop
# CHECK-NEXT: [[#%x,OUT:]]: popq %rbx
# CHECK-NEXT: retq
# CHECK-NEXT: movl $0x1, %eax
# CHECK-NEXT: jmp 0x[[#OUT]]
  .text
  .globl f
  .def f; .scl 2; .type 32; .endef
  .p2align 4
f:
  pushq %rbx
  callq may                    # 1 byte behind f
  nop
.Lout:
  popq %rbx
  retq
  movl $1, %eax                # 9 bytes behind f
  jmp .Lout
fEnd:
  .def catch; .scl 3; .type 32; .endef
  .p2align 4
catch:
  xorl %eax, %eax
  retq

  .section .xdata, "dr"
  .p2align 2
info:
  .byte 0x19, 1, 1, 0          # handler and terminate handler; 1 byte, 1 code
  .byte 1, 0x30, 0, 0          # at 1: pushes rbx
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
  .byte 18                     # 9 << 1
states:
  .byte 4                      # two entries: distance, state + 1
  .byte 2, 2
  .byte 12, 0

  .section .pdata, "dr"
  .long f@IMGREL
  .long fEnd@IMGREL
  .long info@IMGREL
