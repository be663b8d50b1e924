## Behind a call it is not known whether anything returns there: the pad is NOPs
## that may be run through.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# CHECK-LABEL: <f>:
# CHECK-NEXT: pushq
# CHECK-NEXT: callq
# CHECK-NEXT: nop
# CHECK-NOT: int3
# CHECK-LABEL: <g>:

  .type f, @function
f:
  push %rax
  call abort@PLT
  .size f, . - f
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
