## Each FDE keeps its own CIE when records between them grow.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o

## CIEs stand in the order of the assembler's choice; hence by name.
# RUN: llvm-dwarfdump --eh-frame %t.hot.o | %python %S/Inputs/augmentations.py | FileCheck %s
# CHECK: 0x101 zR DW_CFA_advance_loc2: 256
# CHECK: 0x4 zPR DW_CFA_advance_loc: 2
# CHECK: 0x3 zRS

  .type f, @function
f:
  .cfi_startproc
  push %rbx
  .skip 254, 0xf5
  .cfi_def_cfa_offset 16
  .cfi_offset %rbx, -16
  .cfi_offset %rbp, -24
  .cfi_offset %r12, -32
  .cfi_offset %r13, -40
  ret
  .cfi_endproc
  .size f, . - f
  .type g, @function
g:
  .cfi_startproc
  .cfi_personality 0x9b, pointer
  push %rbx
  .cfi_def_cfa_offset 16
  pop %rbx
  ret
  .cfi_endproc
  .size g, . - g
  .type h, @function
h:
  .cfi_startproc
  .cfi_signal_frame
  xor %eax, %eax
  ret
  .cfi_endproc
  .size h, . - h
  .data
  .hidden pointer
pointer:
  .quad personality
