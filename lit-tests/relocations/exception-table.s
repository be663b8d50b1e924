## Pairs of self-relative words that name instructions, as in a kernel's __ex_table:
## a faulting instruction and where to go on.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: ld.lld -e f1 --image-base=0 -Ttext=0x1000 --section-start=__ex_table=0x3000 %t.hot.o -o %t.out
# RUN: llvm-objdump -d --no-show-raw-insn %t.out | FileCheck %s
# RUN: llvm-objdump -s -j __ex_table %t.out | FileCheck %s --check-prefix=TABLE

## f1 at 0x1008: rex push, mov, pop, ret, xor, jmp; f2 at 0x1018.
# CHECK: 100a: movl
# CHECK: 100e: xorl
# CHECK: 101a: movl
# CHECK: 101e: xorl
## 0x100a - 0x3000, 0x100e - 0x3004, 3; 0x101a - 0x300c, 0x101e - 0x3010, 3
# TABLE: 3000 0ae0ffff 0ae0ffff 03000000 0ee0ffff
# TABLE: 3010 0ee0ffff 03000000

.macro F n
  .balign 8
  .globl f\n
  .type f\n, @function
f\n:
  push %rbx
1:
  mov (%rdi), %eax
2:
  pop %rbx
  ret
3:
  xor %eax, %eax
  jmp 2b
  .size f\n, . - f\n
  .pushsection __ex_table, "a"
  .balign 4
  .long 1b - ., 3b - ., 3
  .popsection
.endm
F 1
F 2
