## Every kind of unwind code has its own length, and its offset follows the entry.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=ALL
# ALL: 2/2 functions hot-patchable
# RUN: llvm-readobj --unwind %t.o | FileCheck %s --check-prefix=IN
# RUN: llvm-readobj --unwind %t.hot.o | FileCheck %s --check-prefix=OUT
## push %rbx: one byte before, with its prefix two.
# IN:       PrologSize: 45
# IN:       0x2D: SAVE_XMM128_FAR reg=XMM7, offset=0x200000
# IN-NEXT:  0x25: SAVE_NONVOL_FAR reg=RDI, offset=0x100000
# IN-NEXT:  0x1D: SAVE_XMM128 reg=XMM6, offset=0x20
# IN-NEXT:  0x15: SAVE_NONVOL reg=RSI, offset=0x18
# IN-NEXT:  0x0D: SET_FPREG reg=RBP, offset=0x20
# IN-NEXT:  0x08: ALLOC_LARGE size=4194304
# IN-NEXT:  0x01: PUSH_NONVOL reg=RBX
# OUT:      PrologSize: 46
# OUT:      0x2E: SAVE_XMM128_FAR reg=XMM7, offset=0x200000
# OUT-NEXT: 0x26: SAVE_NONVOL_FAR reg=RDI, offset=0x100000
# OUT-NEXT: 0x1E: SAVE_XMM128 reg=XMM6, offset=0x20
# OUT-NEXT: 0x16: SAVE_NONVOL reg=RSI, offset=0x18
# OUT-NEXT: 0x0E: SET_FPREG reg=RBP, offset=0x20
# OUT-NEXT: 0x09: ALLOC_LARGE size=4194304
# OUT-NEXT: 0x02: PUSH_NONVOL reg=RBX
## An interrupt's frame is there before the first instruction.
# IN:       PrologSize: 8
# IN:       0x08: ALLOC_LARGE size=4096
# IN-NEXT:  0x01: PUSH_NONVOL reg=RAX
# IN-NEXT:  0x00: PUSH_MACHFRAME errcode=no
# OUT:      PrologSize: 9
# OUT:      0x09: ALLOC_LARGE size=4096
# OUT-NEXT: 0x02: PUSH_NONVOL reg=RAX
# OUT-NEXT: 0x00: PUSH_MACHFRAME errcode=no

  .text
  .def f; .scl 2; .type 32; .endef
  .globl f, interrupted
  .p2align 4
f:
  .seh_proc f
  push %rbx
  .seh_pushreg %rbx
  sub $0x400000, %rsp
  .seh_stackalloc 0x400000
  lea 0x20(%rsp), %rbp
  .seh_setframe %rbp, 0x20
  .byte 0x48, 0x89, 0xb4, 0x24 # mov %rsi, 0x18(%rsp), in 8 bytes
  .long 0x18
  .seh_savereg %rsi, 0x18
  .byte 0x0f, 0x29, 0xb4, 0x24 # movaps %xmm6, 0x20(%rsp)
  .long 0x20
  .seh_savexmm %xmm6, 0x20
  mov %rdi, 0x100000(%rsp)
  .seh_savereg %rdi, 0x100000
  movaps %xmm7, 0x200000(%rsp)
  .seh_savexmm %xmm7, 0x200000
  .seh_endprologue
  add $0x400000, %rsp
  pop %rbx
  ret
  .seh_endproc

  .def interrupted; .scl 2; .type 32; .endef
  .p2align 4
interrupted:
  .seh_proc interrupted
  .seh_pushframe
  push %rax
  .seh_pushreg %rax
  sub $0x1000, %rsp
  .seh_stackalloc 0x1000
  .seh_endprologue
  add $0x1000, %rsp
  pop %rax
  iretq
  .seh_endproc
