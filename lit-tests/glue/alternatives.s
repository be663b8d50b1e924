## Code that is to be overwritten by other code when the program starts, as the
## Linux kernel lists it: the place, the other code, and how long both are.
## Nothing there changes, neither the first instruction nor loop alignment.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o 2>&1 | FileCheck %s
# RUN: %cc f.o main.o -o before && ./before > before.txt
# RUN: %cc hot.o main.o -o after && ./after > after.txt && cmp before.txt after.txt
# CHECK: 1/2 functions hot-patchable
# CHECK: (first): listed-elsewhere

#--- f.s
  .text
  .p2align 4
  .globl first
  .type first, @function
first:
661:
  cmc
662:
  mov $0, %eax
  adc $5, %eax
  ret
  .size first, . - first
  .p2align 4
  .globl loop
  .type loop, @function
loop:
  push %rbx
  mov $10, %ecx
  mov $0, %eax
771:
  mov $1, %ebx
  .byte 0x0f, 0x1f, 0x44, 0, 0
1:
  add %rbx, %rax
  dec %ecx
  jnz 1b
  pop %rbx
  ret
  .size loop, . - loop
  .section .altinstructions, "a"
  .globl alternatives
alternatives:
  .long 661b - ., 663f - .
  .byte 662b - 661b, 664f - 663f
  .long 771b - ., 773f - .
  .byte 10, 774f - 773f
  .section .altinstr_replacement, "ax"
663:
  stc
664:
773:
  mov $2, %ebx
  add $1, %ebx
  xchg %ax, %ax
774:
  .section .note.GNU-stack, "", @progbits
#--- main.c
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
long first(void), loop(void);
extern struct {
  int place, other;
  unsigned char size, otherSize;
} __attribute__((packed)) alternatives[2];
int main(void) {
  for (int i = 0; i != 3; ++i) {
    printf("%ld %ld\n", first(), loop());
    if (i == 2)
      return 0;
    char *to = (char *)&alternatives[i].place + alternatives[i].place;
    const char *from = (char *)&alternatives[i].other + alternatives[i].other;
    mprotect((void *)((long)to & -4096), 8192, 7);
    memcpy(to, from, alternatives[i].size);
  }
}
