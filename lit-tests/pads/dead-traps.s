## A second ud2, which nothing leads to, is no data that belongs to the function behind:
## the NOPs there are padding.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s --check-prefix=CODE
# CHECK: 2/3 functions hot-patchable
# CHECK: (h): prefix-data
# CODE:      <f>:
# CODE:      ud2
# CODE-NEXT: ud2
# CODE-NEXT: int3
# CODE:      <g>:
# CODE:      ud2
# CODE-NEXT: nopl (%rax)
# CODE-EMPTY:
# CODE-NEXT: <h>:

  .text
  .p2align 4
  .globl f, g, h
  .def f; .scl 2; .type 32; .endef
f:
  decl (%rcx)
  jle 1f
  ret
1:
  ud2
  ud2
  .nops 3
  .def g; .scl 2; .type 32; .endef
g:
  ret
  .byte 0x0f, 0x0b             # behind anything else it may be a number
  .nops 3
  .def h; .scl 2; .type 32; .endef
h:
  ret
