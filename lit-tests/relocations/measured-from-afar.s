## Data far from the only places that are measured from: a number in the code leads
## there, so the distance stays. Without one the data is somebody else's, of another
## file that the linker put into the same object.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o 2>&1 | FileCheck %s
# RUN: %cc f.o main.o -o before && %cc hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt
# CHECK: 5/8 functions hot-patchable
# CHECK: 3 skipped: hidden-reference
# CHECK-NOT: .text.others

#--- f.s
.macro F name
  .globl \name
  .type \name, @function
\name:
.endm
.macro FAR name
F \name
  push %rbp
  .skip 5000, 0x90
  pop %rbp
  ret
  .size \name, . - \name
.endm
  .section .text.one, "ax", @progbits
F one
  push %r15
  push %rbx
  lea base(%rip), %r15
base:
  and $3, %edi
  call useOne
  pop %rbx
  pop %r15
  ret
  .size one, . - one
F useOne
  push %rbp
  lea (%r15,%rdi,4), %rdi
  mov table - base(%rdi), %eax
  pop %rbp
  ret
  .size useOne, . - useOne
FAR farOne
table:
  .long 11, 22, 33, 44
F lastOne
  push %rbp
  pop %rbp
  ret
  .size lastOne, . - lastOne

  .section .text.others, "ax", @progbits
F other
  push %rbx
  lea 1f(%rip), %rbx
1:
  mov %rbx, %rax
  sub %rbx, %rax
  pop %rbx
  ret
  .size other, . - other
F otherUse
  push %rbp
  pop %rbp
  ret
  .size otherUse, . - otherUse
FAR farOther
unread:
  .long 11, 22, 33, 44
F lastOther
  push %rbp
  pop %rbp
  ret
  .size lastOther, . - lastOther
  .section .note.GNU-stack, "", @progbits
#--- main.c
#include <stdio.h>
int one(int), other(void);
int main(void) {
  printf("%d %d %d\n", one(1), one(2), other());
  return 0;
}
