## Behind endbr64 the site is the next instruction: of one byte it falls short, and
## the pad counts before endbr64.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: not %hotpad check %t.o | FileCheck %s

# CHECK: 0/2 functions
# CHECK: first instruction: 1 of 1 byte, 1 of 2
# CHECK: (f): lacks C2 {{[^,]*}}, C4
# CHECK: (g): lacks C4 {{[^,]*}}, C5

  .balign 16
  .skip 16, 0xcc
  .type f, @function
f:
  endbr64
  push %rbx
  pop %rbx
  ret
  .size f, . - f
  .balign 16, 0xcc
  .type g, @function
g:
  endbr64
  xor %eax, %eax
  ret
  .size g, . - g
