## A prolog of NOPs, as gcc makes with -fpatchable-function-entry, before the NOPs that
## align a loop: where it ends is counted, so no NOP there is replaced. Behind the first
## instructions, which get a prefix, all is one byte further.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-gnu %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=ALL
# ALL: 2/2 functions hot-patchable
# RUN: %hotpad check %t.hot.o
# RUN: llvm-readobj --unwind %t.hot.o | FileCheck %s
# CHECK: StartAddress: f
# CHECK: PrologSize: 3
# CHECK: 0x03: ALLOC_SMALL size=8
# CHECK: StartAddress: g
# CHECK: PrologSize: 3

  .text
  .globl f, g
  .def f; .scl 2; .type 32; .endef
  .p2align 4
f:
  .seh_proc f
  push %rax
  nop
  .seh_stackalloc 8
  .seh_endprologue
  .nops 14
1:
  decl (%rcx)
  jne 1b
  pop %rcx
  ret
  .seh_endproc
  .def g; .scl 2; .type 32; .endef
  .p2align 4
g:
  .seh_proc g
  nop
  nop
  .seh_endprologue
  .nops 14
1:
  decl (%rcx)
  jne 1b
  ret
  .seh_endproc
