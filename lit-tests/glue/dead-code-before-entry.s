## Code that nothing leads to, and behind its return long NOPs up to the next
## entry: padding. NOPs behind bytes that are no code may be data.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s --check-prefix=CODE
# CHECK: 2/3 functions hot-patchable
# CHECK: prefix-data

# CODE: vzeroupper
# CODE-NEXT: retq
# CODE-NEXT: nopw
# CODE-EMPTY:
# CODE-NEXT: <f>:

  .text
  .p2align 4
  .globl e, f, g
  .type e, @function
e:
  mov $1, %eax
  ret
  .size e, . - e
  vzeroupper
  ret
  .nops 6
  .type f, @function
  .p2align 4
f:
  mov $2, %eax
  ret
  .size f, . - f
  .byte 0x06, 0xff, 0xff
  .p2align 3

  .nops 7
  .type g, @function
g:
  mov $3, %eax
  ret
  .size g, . - g
