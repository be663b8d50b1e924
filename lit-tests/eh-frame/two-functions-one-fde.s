## One FDE over two functions: it covers both and the pad between, and the rows of
## the second begin where it does.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld -e f --image-base=0 -Ttext=0x1000 %t.hot.o -o %t.out
# RUN: llvm-objdump -d --no-show-raw-insn %t.out | FileCheck %s
# RUN: llvm-dwarfdump --eh-frame %t.out | FileCheck %s --check-prefix=ROWS

# CHECK: 1008 <f>:
# CHECK: 1018 <g>:
# CHECK: 101a: movl
# CHECK: 1020: retq
# ROWS: pc=00001008...00001021
# ROWS: 0x100a: CFA=RSP+16
# ROWS: 0x100b: CFA=RSP+8
# ROWS: 0x101a: CFA=RSP+16
# ROWS: 0x1020: CFA=RSP+8

  .balign 8
  .globl f
  .type f, @function
f:
  .cfi_startproc
  push %rbx
  .cfi_def_cfa_offset 16
  pop %rbx
  .cfi_def_cfa_offset 8
  ret
  .size f, . - f
  .balign 8
  .type g, @function
g:
  push %rbx
  .cfi_def_cfa_offset 16
  mov $1, %eax
  pop %rbx
  .cfi_def_cfa_offset 8
  ret
  .size g, . - g
  .cfi_endproc
