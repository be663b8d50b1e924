## No section symbol and no local symbol: relocations of the list need a symbol,
## and a local one would renumber the globals. A hidden one is appended.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: llvm-readelf -s %t.o | FileCheck %s --check-prefix=OLD --implicit-check-not=SECTION
# OLD: 1: {{.*}} GLOBAL DEFAULT 2 f
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s
# RUN: ld.lld -shared %t.hot.o -o %t.so
# RUN: %python %S/Inputs/entries.py %t.so | FileCheck %s --check-prefix=LIST
# RUN: llvm-nm -D %t.so | FileCheck %s --check-prefix=DYN --implicit-check-not=hotpad

# CHECK: 1: {{.*}} GLOBAL DEFAULT 2 f
# CHECK-NEXT: 2: {{.*}} WEAK HIDDEN 2 hotpad.
# LIST: f
# LIST-NEXT: slots 1
# DYN: T f

  .globl f
  .type f, @function
f:
  ret
  .size f, . - f
