# clang compares `f - 1` for a callback f: an address of the symbol f, whose place is
# in the middle of the NOP before f. It is no reason to keep half that NOP before f.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.coff.o
# RUN: %rewrite %t.coff.o -o %t.coff.hot.o && %hotpad check %t.coff.hot.o
# RUN: llvm-objdump -d %t.coff.hot.o | FileCheck %s
# RUN: llvm-mc -filetype=obj -triple=x86_64-linux-gnu --defsym ELF=1 %s -o %t.elf.o
# RUN: %rewrite %t.elf.o -o %t.elf.hot.o && %hotpad check %t.elf.hot.o
# RUN: llvm-readobj -r %t.elf.hot.o | FileCheck %s --check-prefix=ELF
# CHECK:      leaq -0x1(%rip), %rax
# CHECK:      int3
# CHECK:      <f>:
# ELF: R_X86_64_PC32 f 0xFFFFFFFFFFFFFFFB

# The same of a place that has no name: f alone is left as it is.
# RUN: llvm-mc -filetype=obj -triple=x86_64-linux-gnu --defsym NAMELESS=1 --defsym ELF=1 %s -o %t.nameless.o
# RUN: %rewrite %t.nameless.o -o %t.nameless.hot.o 2>&1 | FileCheck %s --check-prefix=NAMELESS
# NAMELESS: 1/2 functions hot-patchable
# NAMELESS: (f): hidden-reference
  .macro function name
  .globl \name
.ifdef ELF
  .type \name,@function
.else
  .def \name; .scl 2; .type 32; .endef
.endif
  .p2align 4, 0x90
\name:
  .endm

  .text
  function g
.ifdef NAMELESS
  leaq .Lbefore(%rip), %rax
.else
  leaq f-1(%rip), %rax
.endif
  cmpq $-3, %rax
  retq
  .byte 0x0f, 0x1f, 0x40       # nopl 0(%rax)
.Lbefore:
  .byte 0
  function f
  pushq %rbx
  popq %rbx
  retq
