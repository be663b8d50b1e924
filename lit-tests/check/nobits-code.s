## Room for code that a program makes as it runs: an executable section without
## contents. That code leads there and has its address says nothing about bytes
## that are not there; nor do functions in it, wherever they begin.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=REWRITE
# RUN: not %hotpad check %t.hot.o | FileCheck %s
# REWRITE: 1/4 functions hot-patchable
# REWRITE: 3 skipped: entry-not-code
# CHECK: 1/4 functions conform
# CHECK: .xbss+0x10 (first): lacks C1
# CHECK: .xbss+0x20 (second): lacks C1
# CHECK-NOT: (f)

  .section .xbss, "awx", @nobits
room:
  .skip 16
  .type first, @function
first:
  .skip 16
  .type second, @function
second:
  .skip 16
  .section .table, "a"
  .quad room, room + 8, room + 12
  .long room - ., first - ., second + 1 - .
  .text
  .globl f
  .type f, @function
f:
  lea room(%rip), %rax
  movabs $room, %rcx
  movabs $room + 4, %rcx
  call room
  call first
  lea second(%rip), %rax
  jmp room + 3
  .size f, . - f
