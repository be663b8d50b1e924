## A label at the end of f, where g begins without a gap: it names g's start (a
## caller may use it), and f's size still ends before the pad.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s

# CHECK-DAG: 0000000000000006 {{ *}}2 FUNC {{.*}} f
# CHECK-DAG: 000000000000000e {{ *}}2 FUNC {{.*}} g
# CHECK-DAG: 000000000000000e {{ *}}0 NOTYPE {{.*}} marker

  .section .text.x, "ax", @progbits
  .balign 2
  .type f, @function
f:
  ret
  .size f, . - f
marker:
  .type g, @function
g:
  ret
  .size g, . - g
