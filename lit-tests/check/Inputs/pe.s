# Functions that keep the contract, for both Windows targets (X86=1: 32-bit); a
# symbol on the command line breaks one rule of it for g: BREAK=1..5, or none.
.ifndef BREAK
.set BREAK, 0
.endif
  .text
  .globl f, g, main
  .def f; .scl 2; .type 32; .endef
  .def g; .scl 2; .type 32; .endef
  .def main; .scl 2; .type 32; .endef
  .balign 16
  .skip 16, 0xcc
f:
  xor %eax, %eax
  ret
.if BREAK == 1
  .balign 16, 0xf5 # no padding, but code that nothing leads to
  .skip 12, 0xf5
  .skip 4, 0xcc
.elseif BREAK == 2
  .balign 16, 0xcc
  .skip 15, 0xcc # 7 modulo 8
.else
  .balign 16, 0xcc
.endif
g:
1:
  lea 1(%ecx), %eax
.if BREAK == 3
  dec %edx
  jne 1b
.endif
  ret
  .balign 16, 0xcc
  .skip 16, 0xcc
.ifdef X86
  .globl _main
_main: # as -entry:main means it
.endif
main:
  xor %edx, %edx
  call g
  ret
  .section .hpslots$m, "bw"
.if BREAK != 4
.ifdef X86
  .balign 4
  .skip 12
.else
  .balign 8
  .skip 24
.endif
.endif
  .section .hpentry$m, "dr"
  .balign 4
  .long f@IMGREL, main@IMGREL
.if BREAK != 5
  .long g@IMGREL
.endif
