# Two functions, each with a table of call sites of its own, and one list of
# actions and types behind both: as clang -fbasic-block-sections writes it. The
# calls stand N bytes behind the start; M call sites of no length fill the second
# table.
  .text
  .macro function name
  .globl \name
  .type \name, @function
\name:
.Lbegin_\name:
  .cfi_startproc
  .cfi_personality 3, __gxx_personality_v0
  .cfi_lsda 3, .Llsda_\name
  push %rbx
  .cfi_def_cfa_offset 16
  .skip N - 1, 0xf5
.Lcall_\name:
  call g
.LcallEnd_\name:
  pop %rbx
  ret
.Lpad_\name:
  .byte 0x48, 0x89, 0xc7 # mov %rax, %rdi
  call _Unwind_Resume
  .cfi_endproc
  .size \name, . - \name
  .endm
  .macro table name fillers
  .balign 4
.Llsda_\name:
  .byte 0xff, 3
  .uleb128 .Ltypes - .LtypesBase_\name
.LtypesBase_\name:
  .byte 1
  .uleb128 .Lactions - .Lsites_\name
.Lsites_\name:
  .rept \fillers
  .uleb128 0
  .uleb128 0
  .uleb128 0
  .uleb128 0
  .endr
  .uleb128 .Lcall_\name - .Lbegin_\name
  .uleb128 .LcallEnd_\name - .Lcall_\name
  .uleb128 .Lpad_\name - .Lbegin_\name
  .uleb128 1
  .endm
  function f
  function h
  .globl g
  .type g, @function
g:
  ret
  .size g, . - g
  .section .gcc_except_table, "a", @progbits
  table f 0
  table h M
.Lactions:
  .byte 1, 0
  .balign 4
  .long _ZTIi
.Ltypes:
