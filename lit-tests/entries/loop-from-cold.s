## A jump from the function's cold part to its entry is a loop too.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld --no-gc-sections -e f %t.hot.o -o %t.out
# RUN: llvm-objdump -d --no-show-raw-insn %t.out | FileCheck %s

# CHECK-DAG: jmp {{.*}} <f+0x2>
# CHECK-DAG: <f.cold>:

  .text
  .globl f
  .type f, @function
f:
.Lf:
  decl (%rdi)
  jne f.cold
  ret
  .size f, . - f
  .section .text.unlikely, "ax", @progbits
  .type f.cold, @function
f.cold:
  incl (%rsi)
  jmp .Lf
  .size f.cold, . - f.cold
