## In 32-bit code for Windows who is called takes its arguments off the stack: behind a
## call it is not known how deep the return address is, which this function reads, as
## with -finstrument-functions. It does not put another one in its place.
# RUN: llvm-mc -filetype=obj -triple=i686-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# CHECK: 2/2 functions hot-patchable

  .text
  .def f; .scl 2; .type 32; .endef
  .globl f
f:
  push %ebx
  sub $12, %esp
  mov 16(%esp), %eax           # the return address
  mov %eax, (%esp)
  call enter                   # pops 4 bytes
  sub $4, %esp
  mov %eax, 20(%esp)           # an argument
  add $12, %esp
  pop %ebx
  ret
  .def g; .scl 2; .type 32; .endef
  .globl g
g:
  push %ebx
  call f
  pop %ebx
  ret
