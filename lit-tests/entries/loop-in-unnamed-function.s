## A function that only a call or a global label shows is found after the jumps
## to its entry were met: its loop must not run through the patch site either.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o 2>&1 | FileCheck %s
# RUN: llvm-objdump -d --no-show-raw-insn hot.o | FileCheck %s --check-prefix=CODE
# RUN: %hotpad check hot.o
# RUN: %cc f.o main.o -o before && %cc hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

# CHECK: 4/4 functions hot-patchable
# CODE-LABEL: <called>:
# CODE-NEXT: nop
# CODE-NEXT: addl
# CODE-NEXT: decl
# CODE-NEXT: jg {{.*}} <called+0x2>
# CODE-LABEL: <global>:
# CODE-NEXT: nop
# CODE-NEXT: addl
# CODE-NEXT: decl
# CODE-NEXT: jg {{.*}} <global+0x2>
## Past the lock prefix.
# CODE-LABEL: <second>:
# CODE-NEXT: nop
# CODE-NEXT: lock
# CODE-NEXT: incl
# CODE-NEXT: decl
# CODE-NEXT: jg {{.*}} <second+0x3>

#--- f.s
  .text
  .globl f
  .type f, @function
f:
  push %rbx
  mov $1, %esi
  mov $3, %edi
  call called
  mov %eax, %ebx
  push %rsi
  mov $4, %ecx
  call second
  pop %rsi
  add %ebx, %eax
  pop %rbx
  ret
  .size f, . - f
  .p2align 4
called:
  addl $3, %esi
  dec %edi
  jg called
  mov %esi, %eax
  ret
  .p2align 4
  .globl global
global:
  addl $5, %esi
  dec %edi
  jg global
  mov %esi, %eax
  ret
  .p2align 4
second:
  lock
  incl 8(%rsp)
  dec %ecx
  jg second + 1
  mov 8(%rsp), %eax
  ret
  .section .note.GNU-stack, "", @progbits
#--- main.c
#include <stdio.h>
int f(void), global(int, int);
int main(void) {
  printf("%d %d\n", f(), global(3, 7));
  return 0;
}
