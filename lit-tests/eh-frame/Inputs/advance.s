# The first row of f is N bytes long (its first instruction, of 1 byte, included).
  .text
  .globl f
  .type f, @function
f:
  .cfi_startproc
  push %rbx
  .skip N - 1, 0xf5
  .cfi_def_cfa_offset 16
  .cfi_offset %rbx, -16
  xor %eax, %eax
  pop %rbx
  .cfi_def_cfa_offset 8
  ret
  .cfi_endproc
  .size f, . - f
