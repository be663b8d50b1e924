## DW_CFA_set_loc names a place by itself, in the encoding of the FDE's start.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld -e f --image-base=0 -Ttext=0x1000 %t.hot.o -o %t.out
# RUN: llvm-dwarfdump --eh-frame %t.out | FileCheck %s

# CHECK: pc=00001008...0000100f
# CHECK: DW_CFA_set_loc: 100b

  .text
  .balign 8
  .globl f
  .type f, @function
f:
  push %rbx
  nop
.Lrow:
  pop %rbx
  nop
  nop
  ret
.Lend:
  .size f, . - f
  .section .eh_frame, "a", @progbits
.Lcie:
  .long .LcieEnd - .LcieBody
.LcieBody:
  .long 0
  .byte 1
  .string "zR"
  .uleb128 1
  .sleb128 -8
  .uleb128 16
  .uleb128 1
  .byte 0
  .byte 0xc, 7, 8, 0x90, 1
  .balign 8
.LcieEnd:
  .long .LfdeEnd - .LfdeBody
.LfdeBody:
  .long .LfdeBody - .Lcie
  .quad f
  .quad .Lend - f
  .uleb128 0
  .byte 1
  .quad .Lrow
  .byte 0xe, 16
  .balign 8
.LfdeEnd:
