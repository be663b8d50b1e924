## A conditional jump to a hidden symbol of the function itself cannot be a call of
## somebody else's function: it is a loop.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld -e f %t.hot.o -o %t.out
# RUN: %hotpad check %t.out
# RUN: llvm-objdump -d --no-show-raw-insn %t.out | FileCheck %s

# CHECK-LABEL: <f>:
# CHECK-NEXT: nop
# CHECK-NEXT: decl
# CHECK-NEXT: jne {{.*}} <f+0x2>

  .globl f
  .hidden f
  .type f, @function
f:
  decl (%rdi)
  jne f
  ret
  .size f, . - f
