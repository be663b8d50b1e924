## The prolog and its codes grow with the entry; what is chained, of version 2 or
## shared keeps what it measures.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o in.o
# RUN: %rewrite in.o -o out.o
# RUN: llvm-readobj --unwind in.o | FileCheck %s --check-prefix=IN
# RUN: llvm-readobj --unwind out.o | FileCheck %s --check-prefix=OUT
## A chained part leads to the record of f.
# IN: StartAddress: part
# IN: ChainInfo
# IN: StartAddress: f
# OUT: StartAddress: part
# OUT: ChainInfo
# OUT: StartAddress: f
## pushq %rbx: one byte before, with its prefix two.
# IN: StartAddress: f
# IN: PrologSize: 5
# IN: 0x05: ALLOC_SMALL size=32
# IN-NEXT: 0x01: PUSH_NONVOL reg=RBX
# OUT: StartAddress: f
# OUT: PrologSize: 6
# OUT: 0x06: ALLOC_SMALL size=32
# OUT-NEXT: 0x02: PUSH_NONVOL reg=RBX
## Wide enough: nothing moves.
# IN: StartAddress: g
# IN: PrologSize: 4
# IN: 0x04: ALLOC_SMALL size=40
# OUT: StartAddress: g
# OUT: PrologSize: 4
# OUT: 0x04: ALLOC_SMALL size=40
## A prolog that one more byte would make too long for its byte stays.
# IN: StartAddress: long
# IN: PrologSize: 255
# OUT: StartAddress: long
# OUT: PrologSize: 255
# OUT: 0x01: PUSH_NONVOL reg=RBX
# RUN: %rewrite in.o -o out2.o 2> log; FileCheck %s --input-file log --check-prefix=LOG
# LOG: 2/3 functions hot-patchable
# LOG: 1 skipped: long-prolog

  .text
  .def f; .scl 2; .type 32; .endef
  .globl f, g, long
f:
  .seh_proc f
  push %rbx
  .seh_pushreg %rbx
  sub $32, %rsp
  .seh_stackalloc 32
  .seh_endprologue
  call g
  jmp part
f_back:
  add $32, %rsp
  pop %rbx
  ret
f_end:
  .seh_endproc
  .p2align 4, 0xcc
  .def g; .scl 2; .type 32; .endef
g:
  .seh_proc g
  sub $40, %rsp
  .seh_stackalloc 40
  .seh_endprologue
  call f
  add $40, %rsp
  ret
  .seh_endproc
  .p2align 4, 0xcc
part:
  nop
  jmp f_back
part_end:
  .p2align 4, 0xcc
  .def long; .scl 2; .type 32; .endef
long:
  .seh_proc long
  push %rbx
  .seh_pushreg %rbx
  .fill 250, 1, 0x90
  sub $32, %rsp
  .seh_stackalloc 32
  .seh_endprologue
  add $32, %rsp
  pop %rbx
  ret
  .seh_endproc

  .section .xdata,"dr"
chained:
  .byte 0x21, 0, 0, 0
  .rva f, f_end, .xdata
  .section .pdata,"dr"
  .rva part, part_end, chained
