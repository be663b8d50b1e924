## One UNWIND_INFO for two functions: its bytes cannot count for one that grows and
## for one that does not, so both keep their prologs and are named as skipped.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o in.o
# RUN: %rewrite in.o -o out.o 2> log; FileCheck %s --input-file log --check-prefix=LOG
# LOG: 1/3 functions hot-patchable
# LOG: 2 skipped
# RUN: llvm-readobj --unwind out.o | FileCheck %s
# CHECK: StartAddress: f
# CHECK: PrologSize: 1
# CHECK: 0x01: PUSH_NONVOL reg=RBX
# CHECK: StartAddress: g
# CHECK: 0x01: PUSH_NONVOL reg=RBX
# RUN: llvm-objdump -d out.o | FileCheck %s --check-prefix=CODE
# CODE: <f>:
# CODE-NEXT: 53 pushq
# CODE: <g>:
# CODE-NEXT: 53 pushq
# CODE: <h>:
# CODE-NEXT: 40 53 pushq
  .text
  .def f; .scl 2; .type 32; .endef
  .globl f, g, h
f: push %rbx
  call h
  pop %rbx
  ret
f_end:
  .p2align 4, 0xcc
  .def g; .scl 2; .type 32; .endef
g: push %rbx
  call f
  call f
  pop %rbx
  ret
g_end:
  .p2align 4, 0xcc
  .def h; .scl 2; .type 32; .endef
h: push %rbx
  call f
  pop %rbx
  ret
h_end:
  .section .xdata,"dr"
info: .byte 1, 1, 1, 0, 1, 0x30, 0, 0
own: .byte 1, 1, 1, 0, 1, 0x30, 0, 0
  .section .pdata,"dr"
  .rva f, f_end, info
  .rva g, g_end, info
  .rva h, h_end, own
