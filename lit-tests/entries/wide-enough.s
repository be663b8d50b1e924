## First instructions of two bytes and more stay as they are, prefixes included:
## push %r8 is two bytes by itself, `66 push` is another instruction altogether.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# CHECK-LABEL: <pushR8>:
# CHECK-NEXT: 41 50
# CHECK-NEXT: c3
# CHECK-LABEL: <popR15>:
# CHECK-NEXT: 41 5f
# CHECK-NEXT: c3
# CHECK-LABEL: <pushWord>:
# CHECK-NEXT: 66 53
# CHECK-NEXT: c3
# CHECK-LABEL: <repRet>:
# CHECK-NEXT: f3 c3
# CHECK-LABEL: <retImm>:
# CHECK-NEXT: c2 00 00
# CHECK-LABEL: <repMovs>:
# CHECK-NEXT: f3 a4
# CHECK-NEXT: c3
# CHECK-LABEL: <pushWide>:
# CHECK-NEXT: ff f3
# CHECK-NEXT: c3
# CHECK-LABEL: <cdqe>:
# CHECK-NEXT: 48 98
# CHECK-NEXT: c3
# CHECK-LABEL: <pause>:
# CHECK-NEXT: f3 90
# CHECK-NEXT: c3

.macro F name, bytes:vararg
  .balign 16
  .globl \name
  .type \name, @function
\name:
  .byte \bytes
  .size \name, . - \name
.endm
  .text
F pushR8, 0x41, 0x50, 0xc3
F popR15, 0x41, 0x5f, 0xc3
F pushWord, 0x66, 0x53, 0xc3
F repRet, 0xf3, 0xc3
F retImm, 0xc2, 0, 0
F repMovs, 0xf3, 0xa4, 0xc3
F pushWide, 0xff, 0xf3, 0xc3
F cdqe, 0x48, 0x98, 0xc3
F pause, 0xf3, 0x90, 0xc3
