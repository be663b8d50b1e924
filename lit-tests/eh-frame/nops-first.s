## An advance that gets longer takes a trailing nop first: the record keeps its
## length. (The original ends in nops up to a multiple of 8.)
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -S %t.o > %t.txt
# RUN: llvm-readelf -S %t.hot.o >> %t.txt
# RUN: grep ' .eh_frame ' %t.txt | FileCheck %s
# RUN: llvm-dwarfdump --eh-frame %t.hot.o | FileCheck %s --check-prefix=DUMP

# CHECK: .eh_frame {{ *}}{{[A-Z0-9_]+ +[0-9a-f]+ +[0-9a-f]+}} [[SIZE:[0-9a-f]+]] 00
# CHECK: .eh_frame {{ *}}{{[A-Z0-9_]+ +[0-9a-f]+ +[0-9a-f]+}} [[SIZE]] 00
# DUMP: DW_CFA_advance_loc1: 64

  .type f, @function
f:
  .cfi_startproc
  push %rbx
  .skip 62, 0xf5
  .cfi_def_cfa_offset 16
  pop %rbx
  ret
  .cfi_endproc
  .size f, . - f
