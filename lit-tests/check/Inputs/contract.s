# A function g that keeps the contract; a symbol on the command line breaks one
# rule of it: BREAK=1..5, or none.
.ifndef BREAK
.set BREAK, 0
.endif
  .text
  .balign 16
  .globl f
  .hidden f, g, main
  .type f, @function
  .skip 16, 0xcc
f:
  xor %eax, %eax
  ret
  .size f, . - f
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
  .globl g
  .type g, @function
g:
1:
  lea 1(%rdi), %eax
.if BREAK == 3
  dec %edi
  jne 1b
.endif
  ret
  .size g, . - g
  .globl main
  .type main, @function
  .balign 16, 0xcc
  .skip 16, 0xcc
main:
  xor %edi, %edi
  call g
  dec %eax
  ret
  .size main, . - main
  .section hotpad_slots, "aw", @nobits
.if BREAK != 4
  .balign 8
  .skip 24
.endif
  .section hotpad_entries, "a", @progbits
  .balign 4
  .long f - ., main - .
.if BREAK != 5
  .long g - .
.endif
  .section .note.GNU-stack, "", @progbits
