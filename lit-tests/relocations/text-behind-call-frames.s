## Text behind a call, which reads as branches: the callee steps over it by way of
## a frame pointer, or of another copy of its stack pointer.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o 2>&1 | FileCheck %s
# RUN: %cc f.o main.o -o before && %cc hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt
## The last callee only reads its return address.
# CHECK: 2/8 functions hot-patchable
# CHECK: 6 skipped: hidden-reference

#--- f.s
.macro F name, callee, section
  .section .text.\name, "ax", @progbits
  .globl \name
  .type \name, @function
\name:
  push %rbx
  call \callee
  .asciz "tests"
  pop %rbx
  ret
  .size \name, . - \name
  .type \name\()_between, @function
\name\()_between:
  push %rbp
  pop %rbp
  ret
  .fill 60, 1, 0x90
  .size \name\()_between, . - \name\()_between
  .type \callee, @function
\callee:
.endm
.macro HASH at
  xor %eax, %eax
1:
  movzbl (\at), %edx
  inc \at
  lea (%rax,%rax,2), %eax
  add %edx, %eax
  test %edx, %edx
  jnz 1b
.endm
F byFrame, frame
  push %rbp
  mov %rsp, %rbp
  mov 8(%rbp), %rcx
  HASH %rcx
  mov %rcx, 8(%rbp)
  pop %rbp
  ret
  .size frame, . - frame
  .fill 60, 1, 0x90
F byCopy, copy
  push %r12
  lea 8(%rsp), %r12
  mov (%r12), %rsi
  HASH %rsi
  mov %rsi, (%r12)
  pop %r12
  ret
  .size copy, . - copy
  .fill 60, 1, 0x90
  .section .text.last, "ax", @progbits
  .globl last
  .type last, @function
last:
  push %rbp
  mov %rsp, %rbp
  mov 8(%rbp), %rax
  mov %rax, 16(%rbp)
  sub 8(%rbp), %rax
  pop %rbp
  ret
  .size last, . - last
  .section .text.caller, "ax", @progbits
  .globl caller
  .type caller, @function
caller:
  sub $24, %rsp
  call last
  add $24, %rsp
  ret
  .size caller, . - caller
  .section .note.GNU-stack, "", @progbits
#--- main.c
#include <stdio.h>
int byFrame(void), byCopy(void), caller(void);
int main(void) {
  printf("%d %d %d\n", byFrame(), byCopy(), caller());
  return 0;
}
