# A pointer to an exception table of no fixed width.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-linux-gnu %s -o in.o
# RUN: %refused %hotpad rewrite in.o -o out.o | FileCheck %s --match-full-lines
# CHECK: hotpad: error: in.o: .eh_frame+0x18: LSDA pointer encoding 0x1

  .type f,@function
f:
  push %rbx
  pop %rbx
  ret
  .size f, .-f

  .section .eh_frame,"a",@unwind
cie:
  .long cieEnd - cieId
cieId:
  .long 0               # CIE
  .byte 1               # version
  .asciz "zLR"
  .uleb128 1            # code alignment
  .sleb128 -8           # data alignment
  .byte 16              # return address
  .uleb128 2            # augmentation: 1 byte
  .byte 0x01            # LSDA
  .byte 0x1b            # FDE pointers: pcrel, sdata4
  .byte 0x0c, 7, 8      # DW_CFA_def_cfa rsp, 8
  .byte 0x90, 1         # DW_CFA_offset rip
  .p2align 2
cieEnd:
  .long fdeEnd - fdeId
fdeId:
  .long fdeId - cie
  .long f - .
  .long 3               # f's 3 bytes
  .uleb128 4
  .long 0
  .byte 0x41            # DW_CFA_advance_loc 1
  .byte 0x0e, 16        # DW_CFA_def_cfa_offset 16
  .byte 0x41            # DW_CFA_advance_loc 1
  .byte 0x0e, 8
  .p2align 3, 0
fdeEnd:
