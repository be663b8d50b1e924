## Binding, visibility and type of symbols stay.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.o | tail -n +4 | awk '{ print $4, $5, $6, $8 }' > %t.txt
# RUN: llvm-readelf -s %t.hot.o | tail -n +4 | awk '{ print $4, $5, $6, $8 }' | grep -v 'hotpad\.' | diff %t.txt -

.macro F name, binding, visibility
  .\binding \name
  .\visibility \name
  .type \name, @function
\name:
  ret
  .size \name, . - \name
.endm
F a, globl, hidden
F b, weak, protected
F c, globl, internal
  .globl d
  .type d, @gnu_indirect_function
d:
  lea a(%rip), %rax
  ret
  .size d, . - d
  .type e, @gnu_unique_object
  .data
e:
  .long 0
