# A NOP that is all of a function is no padding of the next one, which it falls
# into.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %hotpad rewrite %t.o -o %t.hot.o && %hotpad check %t.hot.o | FileCheck %s
# CHECK: 5/5 functions conform
# RUN: %hotpad rewrite %t.hot.o -o %t.twice.o && cmp %t.hot.o %t.twice.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s --check-prefix=CODE
# CODE: <a>:
# CODE-NEXT: nop
# CODE: <c>:
# CODE-NEXT: pushq %rbx
# CODE: <g>:
# CODE-NEXT: nop
# CODE: <h>:
# CODE-NEXT: retq
.text
.globl a, c, f, g, h
.type a, @function
.type c, @function
.type f, @function
.type g, @function
.type h, @function
a:
  nop
c:
  push %rbx
  pop %rbx
  ret
f:
  ret
  .p2align 4
g:
  nop
h:
  ret
