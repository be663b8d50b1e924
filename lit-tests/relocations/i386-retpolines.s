## A retpoline calls over a trap for speculation and puts another return address in the
## place of its own, which it does not look at.
# RUN: llvm-mc -filetype=obj -triple=i386-linux-gnu %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# CHECK: 2/2 functions hot-patchable
# RUN: llvm-mc -filetype=obj -triple=i686-windows-gnu --defsym COFF=1 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s

  .text
  .globl f, g
.ifdef COFF
  .def f; .scl 2; .type 32; .endef
.else
  .type f, @function
.endif
f:
  push %ebx
  mov table, %eax
  call 2f
1:
  pause
  lfence
  jmp 1b
2:
  mov %eax, (%esp)
  ret
.ifdef COFF
  .def g; .scl 2; .type 32; .endef
.else
  .size f, . - f
  .type g, @function
.endif
g:
  push %ebx
  call f
  pop %ebx
  ret
.ifndef COFF
  .size g, . - g
.endif
  .data
table:
  .long g
