# A jump table, and an address-taken label, that lead to bytes that are no
# instruction: looking for code there has to end. What cannot be read may lead
# anywhere in its section, so nothing in it is moved.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-linux-gnu %s -o in.o
# RUN: timeout 20 %hotpad rewrite in.o -o out.o 2>&1 | FileCheck %s
# RUN: cmp in.o out.o
# CHECK: 0/3 functions hot-patchable
# CHECK: 3 skipped: unknown-instruction

  .type f,@function
f:
  lea table(%rip), %rax
  movslq (%rax,%rdi,4), %rcx
  add %rax, %rcx
  jmp *%rcx
1:
  ret
2:
  .byte 6, 6, 6         # push es: there is none in 64-bit code
  .size f, .-f

  .type g,@function
g:
  jmp *labels(,%rdi,8)
3:
  .byte 6, 6, 6
  .size g, .-g

  .type good,@function
good:
  ret
  .size good, .-good

  .section .rodata,"a"
  .p2align 2
table:
  .long 1b - table, 2b - table

  .data
labels:
  .quad 3b
