## MSVC's tables of cases that do not begin at 0: the instruction names the table and has
## the distance in its addend, which leads into the code before it. The label is meant:
## its distance stays, and the function is not skipped.
# RUN: llvm-mc -filetype=obj -triple=i686-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=ALL
# ALL: 2/2 functions hot-patchable
# RUN: %hotpad check %t.hot.o
# RUN: llvm-objdump -dr --no-show-raw-insn %t.o | FileCheck %s
# RUN: llvm-objdump -dr --no-show-raw-insn %t.hot.o | FileCheck %s
# CHECK:      <f>:
# CHECK:      movzbl -0x28(%ecx), %eax
# CHECK-NEXT: IMAGE_REL_I386_DIR32 bytes
# CHECK-NEXT: jmpl *(,%eax,4)
# CHECK-NEXT: IMAGE_REL_I386_DIR32 table
# CHECK:      <case1>:
# CHECK-NEXT: movl $0x1, %eax

  .text
  .globl f, g
  .def f; .scl 2; .type 32; .endef
f:
  push %ebx
  lea -40(%ecx), %eax
  cmp $4, %eax
  ja case3
  movzbl bytes-40(%ecx), %eax
  jmp *table(,%eax,4)
case1:
  mov $1, %eax
  pop %ebx
  ret
case2:
  mov $2, %eax
  pop %ebx
  ret
case3:
  pop %ebx
  ret
  .p2align 2, 0x90
table:
  .long case1, case2
  .globl bytes
bytes:
  .byte 0, 1, 0, 1, 0
  .p2align 4, 0xcc
  .def g; .scl 2; .type 32; .endef
g:
  push %ebx
  call f
  pop %ebx
  ret
