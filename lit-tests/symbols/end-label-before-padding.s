## A label behind f's last byte, with padding between it and g: it is where f ends.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s

# CHECK-DAG: 0000000000000008     6 FUNC {{.*}} f
# CHECK-DAG: 000000000000000e     0 NOTYPE {{.*}} fEnd

  .balign 8
  .type f, @function
f:
  push %rbx
  inc %ebx
  pop %rbx
  ret
  .size f, . - f
  .globl fEnd
fEnd:
  .balign 8, 0xcc
  .type g, @function
g:
  ret
  .size g, . - g
