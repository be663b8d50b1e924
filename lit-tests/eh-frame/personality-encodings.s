## Personalities and LSDA pointers in every encoding that compilers and linkers
## accept.
# RUN: for e in 0x00,0x00 0x03,0x03 0x1b,0x1b 0x9b,0x1b 0x9c,0x1c 0x80,0x00; do \
# RUN:   llvm-mc -filetype=obj -triple=x86_64 --defsym P=${e%%%%,*} --defsym L=${e##*,} %s -o %t.o && \
# RUN:   %hotpad rewrite %t.o -o %t.hot.o && \
# RUN:   llvm-dwarfdump --eh-frame %t.hot.o | FileCheck %s && \
# RUN:   ld.lld -e f --defsym=personality=0 %t.hot.o -o %t.out || exit 1; \
# RUN: done

# CHECK: "zPLR"
# CHECK: LSDA Address:
# CHECK: DW_CFA_advance_loc: 2

  .globl f
  .type f, @function
f:
  .cfi_startproc
  .cfi_personality P, pointer
  .cfi_lsda L, .Llsda
  push %rbx
  .cfi_def_cfa_offset 16
  pop %rbx
  ret
  .cfi_endproc
  .size f, . - f
  .section .gcc_except_table, "a", @progbits
.Llsda:
  .byte 0xff, 0xff, 1
  .uleb128 4
  .byte 0, 3, 0, 0
  .data
pointer:
  .quad personality
