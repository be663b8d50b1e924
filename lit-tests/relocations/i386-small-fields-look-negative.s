## Offsets that fill an absolute field of 8 or 16 bits are not negative: they
## lie in the section. A negative one lies before the symbol.
# RUN: %python -c "print('.type f,@function; f: ret; .size f,.-f; .skip 0x7f,0xcc; .type g,@function; g: ret; .size g,.-g; .skip 0x7f7f,0xcc; .type h,@function; h: nop; ret; .size h,.-h; .globl m; m: nop; .section .fields,\"a\"; .byte g; .short h; .byte m-1; .short m-1; .long m-2')" > %t.s
# RUN: llvm-mc -filetype=obj -triple=i386 %t.s -o %t.o
# RUN: llvm-objdump -s -j .fields %t.o | FileCheck %s --check-prefix=OLD
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s
# RUN: llvm-objdump -s -j .fields %t.hot.o | FileCheck %s --check-prefix=NEW

# OLD: 0000 800080ff fffffeff ffff
# CHECK: 00000088 {{.*}} g
# CHECK: 00008008 {{.*}} h
# CHECK: 0000800b {{.*}} m
## The byte before m is a ret; the one before that grew into a NOP of two bytes.
# NEW: 0000 880880ff fffffdff ffff
