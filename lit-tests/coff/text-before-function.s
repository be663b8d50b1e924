# Symbols of assembly have no types in COFF: which of them is a function that
# others call is known before text between them is looked at, which reads as code
# that reaches into the next function.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-gnu %s -o %t.obj
# RUN: %rewrite %t.obj -o %t.hot.obj
# RUN: %hotpad check %t.hot.obj | FileCheck %s
# CHECK: 2/2 functions conform
# RUN: llvm-objdump -s -j .text %t.hot.obj | FileCheck %s --check-prefix=TEXT
# TEXT: KLMN
  .text
  .globl f0, f1
f0:
  pushq %rbx
  leaq s0(%rip), %rax
  popq %rbx
  ret
s0:
  .asciz "KLMN"
f1:
  pushq %rbx
  leaq f0(%rip), %rax
  popq %rbx
  ret
