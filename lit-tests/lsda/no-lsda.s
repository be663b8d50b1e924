## The CIE promises exception tables, the FDE has none (a null pointer).
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: llvm-dwarfdump --eh-frame %t.hot.o | FileCheck %s

# CHECK: "zLR"
# CHECK: pc=00000008...0000000c
# CHECK: DW_CFA_advance_loc: 2

  .balign 8
  .type f, @function
f:
  push %rbx
  pop %rbx
  ret
.Lend:
  .size f, . - f
  .section .eh_frame, "a", @progbits
.Lcie:
  .long .LcieEnd - .LcieBody
.LcieBody:
  .long 0
  .byte 1
  .string "zLR"
  .uleb128 1
  .sleb128 -8
  .uleb128 16
  .uleb128 2
  .byte 3, 0x1b
  .byte 0xc, 7, 8, 0x90, 1
  .balign 8
.LcieEnd:
  .long .LfdeEnd - .LfdeBody
.LfdeBody:
  .long .LfdeBody - .Lcie
  .long f - .
  .long .Lend - f
  .uleb128 4
  .long 0
  .byte 0x41, 0xe, 16
  .balign 8
.LfdeEnd:
