## An interpreter that finds the code of its instructions by plain numbers, the
## distances from the beginning of its section (as LuaJIT does): nothing tells
## the numbers from others, but their base is named as data.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %cc %t.o -o %t.old && %t.old
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# RUN: %cc %t.hot.o -o %t.out && %t.out
# CHECK: 1/4 functions hot-patchable
# CHECK: code-read-as-data

  .section .text.vm, "ax", @progbits
  .p2align 4
  .globl base
  .type base, @object
base:
  .type opA, @function
opA:
  push %rbx
  mov $1, %eax
  pop %rbx
  ret
  .size opA, . - opA
  .type opB, @function
opB:
  mov $2, %eax
  ret
  .size opB, . - opB
  .type opC, @function
opC:
  mov $3, %eax
  ret
  .size opC, . - opC
  .text
  .globl main
  .type main, @function
main:
  sub $8, %rsp
  lea base(%rip), %rax
  lea distances(%rip), %rdx
  movzwl 4(%rdx), %edx
  add %rdx, %rax
  call *%rax
  sub $3, %eax
  add $8, %rsp
  ret
  .size main, . - main
  .section .rodata
distances:
  .short opA - base, opB - base, opC - base
  .section .note.GNU-stack, "", @progbits
