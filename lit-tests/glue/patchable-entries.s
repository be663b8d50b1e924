## Somebody else's patch area (-fpatchable-function-entry=5,2) stays what it is:
## two NOPs directly before the entry, and the list points to the first.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld -e f --image-base=0x200000 %t.hot.o -o %t.out
# RUN: llvm-objdump -d %t.out | FileCheck %s

# CHECK: nop
# CHECK-NEXT: nop
# CHECK-EMPTY:
# CHECK-NEXT: <f>:
# CHECK-NEXT: nopl

  .balign 16
.Lpatch:
  nop
  nop
  .globl f
  .type f, @function
f:
  nopl 0(%rax)
  xor %eax, %eax
  ret
  .size f, . - f
  .section __patchable_function_entries, "awo", @progbits, .text
  .balign 8
  .quad .Lpatch
