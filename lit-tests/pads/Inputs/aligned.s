# Functions of 1..20 bytes, each on an A-byte boundary.
  .section .text.all, "ax", @progbits
.altmacro
.macro F n
  .balign A, 0x90
  .globl f\n
  .type f\n, @function
f\n:
  .rept \n - 1
  cmc
  .endr
  ret
  .size f\n, . - f\n
.endm
.set i, 1
.rept 20
  F %i
  .set i, i + 1
.endr
