## Padding that is there is used first: a function with 6 bytes and more before
## it stays where it is, one with less moves on by 16.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: llvm-nm -n %t.hot.o | FileCheck %s

## bN has N bytes, so 16 - N bytes of padding follow it.
# CHECK:      010 t b3
# CHECK:      020 t b4
# CHECK-NEXT: 030 t b5
# CHECK-NEXT: 040 t b6
# CHECK-NEXT: 050 t b7
# CHECK-NEXT: 060 t b8
# CHECK-NEXT: 070 t b9
# CHECK-NEXT: 080 t b10
# CHECK-NEXT: 090 t b11
# CHECK-NEXT: 0b0 t b12
# CHECK-NEXT: 0d0 t b13
# CHECK-NEXT: 0f0 t b14
# CHECK-NEXT: 110 t b15
# CHECK-NEXT: 130 t b16
# CHECK-NEXT: 150 t last

.altmacro
.macro F n
  .balign 16, 0xcc
  .type b\n, @function
b\n:
  xor %eax, %eax
  .rept \n - 3
  cmc
  .endr
  ret
  .size b\n, . - b\n
.endm
.set i, 3
.rept 14
  F %i
  .set i, i + 1
.endr
  .balign 16, 0xcc
  .type last, @function
last:
  xor %eax, %eax
  ret
  .size last, . - last
