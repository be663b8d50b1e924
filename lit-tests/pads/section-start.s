## The first function of a section has its pad inside the section: what the
## linker puts before the section is not its own.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

## .text.one is aligned to 1, its site must be even: 6. .text.eight keeps 8.
# CHECK-DAG: 0000000000000006 {{.*}} one
# CHECK-DAG: 0000000000000008 {{.*}} eight
# CHECK-DAG: 0000000000000040 {{.*}} sixtyFour

  .section .text.one, "ax", @progbits
  .type one, @function
one:
  xor %eax, %eax
  ret
  .size one, . - one
  .section .text.eight, "ax", @progbits
  .balign 8
  .type eight, @function
eight:
  xor %eax, %eax
  ret
  .size eight, . - eight
  .section .text.sixtyFour, "ax", @progbits
  .balign 64
  .type sixtyFour, @function
sixtyFour:
  xor %eax, %eax
  ret
  .size sixtyFour, . - sixtyFour
