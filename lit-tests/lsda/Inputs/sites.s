# A function whose call sites, landing pads and type table are known: the call
# stands N bytes behind the start.
  .text
  .globl f
  .type f, @function
f:
.Lbegin:
  .cfi_startproc
  .cfi_personality 3, __gxx_personality_v0
  .cfi_lsda 3, .Llsda
  push %rbx
  .cfi_def_cfa_offset 16
  .skip N - 1, 0xf5
.Lcall:
  call g
.LcallEnd:
  pop %rbx
  ret
.Lpad:
  .byte 0x48, 0x89, 0xc7 # mov %rax, %rdi
  call _Unwind_Resume
  .cfi_endproc
  .size f, . - f
  .globl g
  .type g, @function
g:
  ret
  .size g, . - g
  .section .gcc_except_table, "a", @progbits
  .balign 4
.Llsda:
  .byte 0xff, 3
  .uleb128 .Ltypes - .LtypesBase
.LtypesBase:
  .byte 1
  .uleb128 .LsitesEnd - .Lsites
.Lsites:
  .uleb128 .Lcall - .Lbegin
  .uleb128 .LcallEnd - .Lcall
  .uleb128 .Lpad - .Lbegin
  .uleb128 1
  .uleb128 .LcallEnd - .Lbegin
  .uleb128 .Lpad - .LcallEnd
  .uleb128 0
  .uleb128 0
  .uleb128 .Lpad - .Lbegin
  .uleb128 8
  .uleb128 0
  .uleb128 0
.LsitesEnd:
  .byte 1, 0
  .balign 4
  .long _ZTIi
.Ltypes:
