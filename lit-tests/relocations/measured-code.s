## Distances that the assembler has put into the code as plain numbers: what is
## measured from an address that the same function has in a register keeps its
## distance, and a function that is copied stays as long as it is.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o 2>&1 | FileCheck %s
# RUN: %cc -Wl,-z,noexecstack f.o main.o -o before
# RUN: %cc -Wl,-z,noexecstack hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt
# CHECK: 8/20 functions hot-patchable
# CHECK: 12 skipped: hidden-reference

#--- f.s
.macro F name
  .globl \name
  .type \name, @function
\name:
.endm
.macro END name
  .size \name, . - \name
.endm
.macro PUSHES name, value
F \name
  push %rbp
  mov $\value, %eax
  pop %rbp
  ret
END \name
.endm
## Added to the address.
  .section .text.sum, "ax", @progbits
F sum
  push %rbx
  lea sum(%rip), %rax
  add $sumTarget - sum, %rax
  call *%rax
  pop %rbx
  ret
END sum
PUSHES sumTarget, 6
## Subtracted from the address.
  .section .text.difference, "ax", @progbits
F difference
  push %rbx
  lea differenceBase(%rip), %rax
  sub $differenceBase - differenceTarget, %rax
  call *%rax
  pop %rbx
  ret
END difference
PUSHES differenceTarget, 14
PUSHES differenceBase, 15
## Kept in a register while others run, in one arm of a branch.
  .section .text.displaced, "ax", @progbits
F displaced
  push %r12
  lea displaced(%rip), %r12
  test %edi, %edi
  jz 1f
  call plain
  lea displacedTarget - displaced(%r12), %rax
  call *%rax
1:
  pop %r12
  ret
END displaced
PUSHES displacedTarget, 7
## A table that stands nearer to another function.
  .section .text.indexed, "ax", @progbits
F indexed
  push %rbx
  and $3, %edi
  lea indexedBase(%rip), %rbx
  mov table - indexedBase(%rbx,%rdi,4), %eax
  pop %rbx
  ret
END indexed
PUSHES indexedBase, 1
PUSHES indexedBetween, 2
table:
  .long 11, 12, 13, 14
PUSHES indexedLast, 3
## A return address.
  .section .text.returned, "ax", @progbits
F returned
  push %rbx
  call 1f
1:
  pop %rbx
  lea returnedTarget - 1b(%rbx), %rax
  call *%rax
  pop %rbx
  ret
END returned
PUSHES returnedBetween, 4
PUSHES returnedTarget, 5
## Copied to where it runs.
  .section .text.copied, "ax", @progbits
F copies
  push %rbx
  lea copied(%rip), %rsi
  lea room(%rip), %rdi
  mov $copiedEnd - copied, %ecx
  rep movsb
  lea room(%rip), %rax
  xor %ebx, %ebx
  call *%rax
  pop %rbx
  ret
END copies
PUSHES copied, 42
copiedEnd:
## As long as it, but not copied.
F passes
  push %rbx
  lea passed(%rip), %rax
  mov $8, %ecx
  call *%rax
  pop %rbx
  ret
END passes
PUSHES passed, 43
  .text
PUSHES plain, 8
PUSHES other, 9
  .section .room, "awx", @progbits
room:
  .skip 64
  .section .note.GNU-stack, "", @progbits
#--- main.c
#include <stdio.h>
int sum(void), difference(void), displaced(int), indexed(int), returned(void), copies(void),
    passes(void);
int main(void) {
  printf("%d %d %d %d %d %d %d\n", sum(), difference(), displaced(1),
         indexed(2), returned(), copies(), passes());
  return 0;
}
