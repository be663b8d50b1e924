## A table of instructions that may fault, and where to go on, as the Linux kernel
## keeps it: a NOP before the loop would stand where the table leads, and the
## signal handler would not find the instruction behind it. Others, which need
## none, are patchable.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o 2>&1 | FileCheck %s
# RUN: %rewrite --entry=nop f.o -o nop.o 2>&1 | FileCheck %s --check-prefix=NOP
# RUN: sed s/__ex_table/my_table/ f.s > mine.s && %cc -c mine.s -o mine.o
# RUN: %rewrite mine.o -o mine-hot.o 2>&1 | FileCheck %s
# RUN: sed s/__ex_table/__ksymtab/ f.s > known.s && %cc -c known.s -o known.o
# RUN: %rewrite --entry=nop known.o -o known-hot.o 2>&1 | FileCheck %s --check-prefix=KNOWN
# RUN: %cc f.o main.o -o before && ./before > before.txt
# RUN: %cc hot.o main.o -o after && ./after > after.txt && cmp before.txt after.txt
# RUN: %cc nop.o main.o -o after && ./after > after.txt && cmp before.txt after.txt
# RUN: %cc mine-hot.o main.o -o after && ./after > after.txt && cmp before.txt after.txt

# CHECK: 1/2 functions hot-patchable
# CHECK: (copy): listed-elsewhere
# NOP: 0/2 functions hot-patchable
# NOP: 2 skipped: listed-elsewhere
# KNOWN: 2/2 functions hot-patchable

#--- f.s
  .text
  .globl copy
  .type copy, @function
copy:
1:
  movb (%rsi), %al
  movb %al, (%rdi)
  inc %rsi
  inc %rdi
  dec %edx
  jnz 1b
  xor %eax, %eax
  ret
  .size copy, . - copy
## The prefix that widens it is part of the instruction.
  .globl look
  .type look, @function
look:
2:
  lodsb
  xor %eax, %eax
  ret
  .size look, . - look
  .section __ex_table, "a"
  .globl table
table:
  .long 1b - ., fail - .
  .long 2b - ., fail - .
  .section .fixup, "ax"
fail:
  mov $-14, %eax
  ret
  .section .note.GNU-stack, "", @progbits
#--- main.c
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>
#include <unistd.h>
extern int table[4];
int copy(char *, const char *, int), look(void *, const char *);
static void go_on(int number, siginfo_t *info, void *context) {
  ucontext_t *user = context;
  char *at = (char *)user->uc_mcontext.gregs[REG_RIP];
  for (int i = 0; i != 4; i += 2)
    if (at == (char *)(table + i) + table[i]) {
      user->uc_mcontext.gregs[REG_RIP] =
          (long)((char *)(table + i + 1) + table[i + 1]);
      return;
    }
  _exit(3);
}
int main(void) {
  struct sigaction action = {0};
  action.sa_sigaction = go_on;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, 0);
  char to[8];
  printf("%d ", copy(to, "abc", 3));
  printf("%d ", copy(to, (char *)8, 3));
  printf("%d ", look(to, "abc"));
  printf("%d\n", look(to, (char *)8));
  return 0;
}
