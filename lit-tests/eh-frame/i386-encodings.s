## Pointers in i386's .eh_frame: DW_EH_PE_absptr has 4 bytes there.
# RUN: for e in 0x00,0x00 0x03,0x03 0x1b,0x1b 0x9b,0x1b 0x80,0x00; do \
# RUN:   llvm-mc -filetype=obj -triple=i386 --defsym P=${e%%%%,*} --defsym L=${e##*,} %s -o %t.o && \
# RUN:   %hotpad rewrite %t.o -o %t.hot.o && \
# RUN:   llvm-dwarfdump --eh-frame %t.hot.o | FileCheck %s && \
# RUN:   ld.lld -m elf_i386 -z notext -e f --defsym=personality=0 %t.hot.o -o %t.out || exit 1; \
# RUN: done

## A table by hand, with pointers to code that have 4 bytes and no base.
# RUN: llvm-mc -filetype=obj -triple=i386 --defsym BARE=1 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-dwarfdump --eh-frame %t.hot.o | FileCheck %s --check-prefix=BARE
# RUN: %rewrite --layout=ms-x86 %t.o -o %t.x86.o
# RUN: llvm-dwarfdump --eh-frame %t.x86.o | FileCheck %s --check-prefix=BARE

# CHECK: "zPLR"
# CHECK: LSDA Address:
# CHECK: DW_CFA_advance_loc: 2
# CHECK: DW_CFA_def_cfa_offset: +8
# BARE: FDE cie={{[0-9a-f]+}} pc=00000008...000000{{0e|0f}}
# BARE: DW_CFA_advance_loc: {{2|3}}
# BARE: DW_CFA_def_cfa_offset: +8

.ifndef BARE
  .globl f
.endif
  .type f, @function
f:
.ifndef BARE
  .cfi_startproc
  .cfi_personality P, pointer
  .cfi_lsda L, .Llsda
.endif
  push %ebx
.Lpushed:
.ifndef BARE
  .cfi_def_cfa_offset 8
.endif
  xor %eax, %eax
  pop %ebx
  ret
.Lend:
.ifndef BARE
  .cfi_endproc
.endif
  .size f, . - f
.ifdef BARE
  .section .eh_frame, "a", @progbits
.Lcie:
  .long .LcieEnd - . - 4
  .long 0
  .byte 1, 0                    # version; no augmentation: absptr
  .uleb128 1
  .sleb128 -4
  .byte 8
  .byte 0x0c, 4, 4, 0x88, 1     # DW_CFA_def_cfa esp+4, DW_CFA_offset eip
  .p2align 2
.LcieEnd:
  .long .LfdeEnd - . - 4
  .long . - .Lcie
  .long f
  .long .Lend - f
  .byte 0x40 + (.Lpushed - f)
  .byte 0x0e, 8                 # DW_CFA_def_cfa_offset
  .p2align 2
.LfdeEnd:
.else
  .section .gcc_except_table, "a", @progbits
.Llsda:
  .byte 0xff, 0xff, 1
  .uleb128 4
  .byte 0, 3, 0, 0
  .data
pointer:
  .long personality
.endif
