## The slots of i386 have 4 bytes, the lists relocations without addends.
# RUN: llvm-mc -filetype=obj -triple=i386 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -S %t.hot.o | FileCheck %s
# RUN: llvm-readelf -r %t.hot.o | FileCheck %s --check-prefix=REL
# RUN: llvm-readelf -x hotpad_entries %t.hot.o | FileCheck %s --check-prefix=BYTES
# RUN: %rewrite --layout=patchable:8,6 %t.o -o %t.patchable.o
# RUN: llvm-readelf -S %t.patchable.o | FileCheck %s --check-prefix=PATCHABLE
# RUN: llvm-readelf -r %t.patchable.o | FileCheck %s --check-prefix=POINTERS
# RUN: %hotpad check %t.hot.o
# RUN: %hotpad check %t.patchable.o

# CHECK-DAG: [ [[TEXT:[0-9]+]]] .text.a PROGBITS
# CHECK-DAG: [ [[LIST:[0-9]+]]] hotpad_entries PROGBITS {{[0-9a-f]+ [0-9a-f]+}} 000008 00 AL [[TEXT]] 0 4
# CHECK-DAG: .relhotpad_entries REL {{[0-9a-f]+ [0-9a-f]+}} 000010 08 I {{[0-9]+}} [[LIST]] 4
# CHECK-DAG: hotpad_slots NOBITS {{[0-9a-f]+ [0-9a-f]+}} 00000c 00 WAR 0 0 4
# REL: R_386_PC32
# REL-NEXT: R_386_PC32
# REL: R_386_PC32
# BYTES: 0x00000000 00000000 10000000
# PATCHABLE: __patchable_function_entries PROGBITS {{[0-9a-f]+ [0-9a-f]+}} 000008 00 WAL {{[0-9]+}} 0 4
# POINTERS: '.rel__patchable_function_entries'
# POINTERS: R_386_32

  .section .text.a, "ax", @progbits
  .p2align 4
  .type f, @function
f:
  xor %eax, %eax
  ret
  .size f, . - f
  .p2align 4
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
  .section .text.b, "ax", @progbits
  .type h, @function
h:
  xor %eax, %eax
  ret
  .size h, . - h
