## Code runs into the function: NOPs will do as a pad, int3 will not.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: not %hotpad check %t.o | FileCheck %s
# CHECK-NOT: (viaNops): lacks C1
# CHECK: (viaTrap): lacks C1
# CHECK-NOT: (viaJump): lacks C1

  .balign 16
  .skip 16, 0xcc
.macro F name, pad:vararg
  .type a_\name, @function
a_\name:
  xor %eax, %eax
  .size a_\name, . - a_\name
  \pad
  .type \name, @function
\name:
  xor %eax, %eax
  ret
  .size \name, . - \name
  .balign 16, 0xcc
.endm
F viaNops, .skip 14, 0x90
F viaTrap, .skip 14, 0xcc
F viaJump, .byte 0xeb, 12, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc
