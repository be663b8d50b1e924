## --entry=nop puts a NOP at every entry, behind endbr64, and none where there is
## one already.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite --entry=nop %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %rewrite --entry=nop %t.hot.o -o %t.twice.o
# RUN: cmp %t.hot.o %t.twice.o

# CHECK-LABEL: <f>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: 53
# CHECK-LABEL: <g>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: 31 c0
# CHECK-LABEL: <h>:
# CHECK-NEXT: f3 0f 1e fa
# CHECK-NEXT: 66 90
# CHECK-NEXT: 31 c0
# CHECK-LABEL: <i>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: c3

.macro F name
  .balign 16
  .type \name, @function
\name:
.endm
F f
  push %rbx
  pop %rbx
  ret
  .size f, . - f
F g
  xor %eax, %eax
  ret
  .size g, . - g
F h
  endbr64
  xor %eax, %eax
  ret
  .size h, . - h
F i
  xchg %ax, %ax
  ret
  .size i, . - i
