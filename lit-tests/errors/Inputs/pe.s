# A DLL with everything hotpad reads of an image: two functions with unwinding
# information and a third without, which is exported and the entry.
  .text
  .globl f, g, h
f:
  push %rbx
  pop %rbx
  ret
f_end:
  .balign 16, 0xcc
g:
  push %rbx
  pop %rbx
  ret
g_end:
  .balign 16, 0xcc
h:
  ret
  .def h; .scl 2; .type 32; .endef

  .section .xdata, "dr"
  .balign 4
info:
  .byte 1, 1, 1, 0 # version 1; a prologue of 1 byte, one code
  .byte 1, 0x30, 0, 0
  .section .pdata, "dr"
  .balign 4
  .long f@IMGREL, f_end@IMGREL, info@IMGREL
  .long g@IMGREL, g_end@IMGREL, info@IMGREL

  .section .mine, "dw" # room for tables that a test makes up
  .globl mine
mine:
  .zero 512
  .section .drectve, "yni"
  .ascii " -export:h -export:mine,data"
