## Functions without size reach up to the next one.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s --check-prefix=ASM
# RUN: %hotpad check %t.hot.o

## A size of zero stays a size of zero.
# CHECK-DAG: 0 FUNC {{.*}} f
# CHECK-DAG: 0 FUNC {{.*}} g
# ASM-LABEL: <f>:
# ASM: jne {{.*}} <g>
# ASM: jmp {{.*}} <f+0x2>

  .type f, @function
f:
  xor %eax, %eax
  dec %ecx
  jne g
  jmp f+2
  .type g, @function
g:
  push %rbx
  pop %rbx
  ret
