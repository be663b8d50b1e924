## A symbol's size that leads out of its section: the function ends with the
## section, before and after.
# RUN: for triple in x86_64 i386; do \
# RUN:   llvm-mc -filetype=obj -triple=$triple %s -o %t.o && \
# RUN:   %rewrite %t.o -o %t.hot.o && %hotpad check --quiet %t.hot.o && \
# RUN:   llvm-readelf -s %t.hot.o | FileCheck %s && \
# RUN:   %rewrite %t.hot.o -o %t.twice.o && cmp %t.hot.o %t.twice.o || exit 1; \
# RUN: done

## g is at 0x18, the section ends at 0x1b.
# CHECK-DAG: 00000008    19 FUNC {{.*}} f
# CHECK-DAG: 00000018     3 FUNC {{.*}} g

  .balign 8
  .globl f
  .type f, @function
f:
  xor %eax, %eax
  ret
  .size f, -1
  .balign 8, 0xcc
  .globl g
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, 100
