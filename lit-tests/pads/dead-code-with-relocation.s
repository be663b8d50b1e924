## What MSVC leaves behind a catch block that always goes on elsewhere: nothing leads to
## it, but its operand is relocated and it returns. The next function gets its pad behind
## it. Without a relocation it may be a number that belongs to the next function.
# RUN: llvm-mc -filetype=obj -triple=i686-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# CHECK: 2/3 functions hot-patchable
# CHECK: (h): prefix-data
# RUN: llvm-objdump -dr --no-show-raw-insn %t.hot.o | FileCheck %s --check-prefix=CODE
# CODE:      <f>:
# CODE:      retl
# CODE-NEXT: movl
# CODE-NEXT: IMAGE_REL_I386_DIR32 goesOn
# CODE-NEXT: retl
# CODE-NEXT: int3
# CODE:      <g>:

  .text
  .globl f, g, h
  .def f; .scl 2; .type 32; .endef
f:
  mov $goesOn, %eax
  ret
  mov $goesOn, %eax
  ret
  .def g; .scl 2; .type 32; .endef
g:
  mov $goesOn, %eax
  ret
  mov $0x12345678, %eax
  ret
  .def h; .scl 2; .type 32; .endef
h:
  ret
