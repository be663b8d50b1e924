## Without trailing nops the record grows, and what follows still finds its CIE.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-dwarfdump --eh-frame %t.hot.o | FileCheck %s
# RUN: ld.lld -e f --eh-frame-hdr %t.hot.o -o %t.out
# RUN: llvm-dwarfdump --eh-frame %t.out | FileCheck %s --check-prefix=FDE

# CHECK: [[CIE:[0-9a-f]+]] {{.*}} CIE
# CHECK: FDE cie=[[CIE]]
# CHECK: DW_CFA_advance_loc1: 64
# CHECK: DW_CFA_offset: R15 -56
# CHECK: FDE cie=[[CIE]]
# CHECK: DW_CFA_advance_loc: 2
# CHECK-NEXT: DW_CFA_def_cfa_offset: +16
# FDE-COUNT-2: FDE

  .globl f
  .type f, @function
f:
  .cfi_startproc
  push %rbx
  .skip 62, 0xf5
  .cfi_def_cfa_offset 64
  .cfi_offset %rbx, -16
  .cfi_offset %rbp, -24
  .cfi_offset %r12, -32
  .cfi_offset %r13, -40
  .cfi_offset %r14, -48
  .cfi_offset %r15, -56
  .cfi_remember_state
  .cfi_restore_state
  .cfi_remember_state
  .cfi_restore_state
  ret
  .cfi_endproc
  .size f, . - f
  .type g, @function
g:
  .cfi_startproc
  push %rbx
  .cfi_def_cfa_offset 16
  pop %rbx
  ret
  .cfi_endproc
  .size g, . - g
