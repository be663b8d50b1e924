## What a rewritten object has in addition: slots, zero-filled and writable, kept by
## the linker; and a read-only list that lives and dies with the code it lists.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -S %t.hot.o | FileCheck %s
# RUN: llvm-readelf -r %t.hot.o | FileCheck %s --check-prefix=REL

# CHECK-DAG: [ [[TEXT:[0-9]+]]] .text.a PROGBITS
# CHECK-DAG: hotpad_entries PROGBITS {{[0-9a-f]+ [0-9a-f]+}} 000008 00 AL [[TEXT]] 0 4
# CHECK-DAG: hotpad_slots NOBITS {{[0-9a-f]+ [0-9a-f]+}} 000018 00 WAR 0 0 8
# REL: R_X86_64_PC32
# REL-NEXT: R_X86_64_PC32
# REL: R_X86_64_PC32

  .section .text.a, "ax", @progbits
  .type f, @function
f:
  ret
  .size f, . - f
  .type g, @function
g:
  ret
  .size g, . - g
  .section .text.b, "ax", @progbits
  .type h, @function
h:
  ret
  .size h, . - h
