## Rows behind remember_state and restore_state stay with their instructions.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld -e f --image-base=0 -Ttext=0x1000 %t.hot.o -o %t.out
# RUN: llvm-objdump -d --no-show-raw-insn %t.out | FileCheck %s --check-prefixes=CHECK
# RUN: llvm-dwarfdump --eh-frame %t.out | FileCheck %s --check-prefix=ROWS

# CHECK: 1008: pushq %rbx
# CHECK: 100a: testl
# CHECK: 100e: popq %rbx
# CHECK: 100f: retq
# CHECK: 1010: cmc
# ROWS: pc=00001008...00001013
# ROWS: 0x1008: CFA=RSP+8
# ROWS: 0x100a: CFA=RSP+16
# ROWS: 0x100f: CFA=RSP+8
# ROWS: 0x1010: CFA=RSP+16
# ROWS: 0x1012: CFA=RSP+8

  .balign 8
  .globl f
  .type f, @function
f:
  .cfi_startproc
  push %rbx
  .cfi_def_cfa_offset 16
  test %edi, %edi
  jne 1f
  .cfi_remember_state
  pop %rbx
  .cfi_def_cfa_offset 8
  ret
1:
  .cfi_restore_state
  cmc
  pop %rbx
  .cfi_def_cfa_offset 8
  ret
  .cfi_endproc
  .size f, . - f
