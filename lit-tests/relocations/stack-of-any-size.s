## A function that makes room of a size in a register, as for large frames on Windows:
## what it reads and writes in its frame is not its return address. With ah, nothing
## happens to the stack pointer, and it is.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# CHECK: 2/2 functions hot-patchable
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc --defsym AH=1 %s -o %t.ah.o
# RUN: %rewrite %t.ah.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=AH
# AH: 0/2 functions hot-patchable
# AH: 2 skipped: hidden-reference

  .text
  .def f; .scl 2; .type 32; .endef
  .globl f
f:
  push %rbx
  mov $0x2000, %eax
.ifdef AH
  sub %al, %ah
.else
  sub %rax, %rsp
.endif
  mov 8(%rsp), %rcx
  inc %rcx
  mov %rcx, 8(%rsp)
  add $0x2000, %rsp
  pop %rbx
  ret
  .def g; .scl 2; .type 32; .endef
  .globl g
g:
  push %rbx
  call f
  pop %rbx
  ret
