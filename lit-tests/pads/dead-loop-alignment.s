## Free Pascal leaves the jump at the beginning of a loop, between its alignment
## NOPs, where another jump has made it dead: that is no code somebody enters by
## arithmetic. In a function that computes where it jumps it may be.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# CHECK: 1/2 functions hot-patchable
# CHECK: (computes): hidden-reference

.macro F name, back:vararg
  .balign 16
  .type \name, @function
\name:
  push %rbx
  mov %edi, %eax
  jmp 3f
  .balign 8
  jmp 2f
  .balign 8
1:
  shr %eax
2:
  mov %eax, %edx
  and $1, %edx
  je 1b
  dec %eax
3:
  test %eax, %eax
  jg 2b
  pop %rbx
  \back
  .size \name, . - \name
.endm
F plain, ret
F computes, jmp *%rsi
