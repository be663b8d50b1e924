## NOPs too short to take up what the entry grew by are made longer, up to the
## next boundary.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite --entry=nop %t.o -o %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s

# CHECK: 10 <f>:
# CHECK: 30: decl
# CHECK-NEXT: jne 0x30

  .balign 16
  .type f, @function
f:
  xor %ebx, %ebx
  .skip 13, 0xf5
  .balign 16
1:
  decl (%rdi)
  jne 1b
  ret
  .size f, . - f
