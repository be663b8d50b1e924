## A pad before g belongs to neither function: f ends where its code ends, and a
## label at f's end is still at g when that is where g begins.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite --only=g %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s --check-prefix=ASM

# CHECK: 0000000000000000     6 FUNC {{.*}} f
# CHECK: 000000000000000c     2 FUNC {{.*}} g
# ASM-LABEL: <f>:
# ASM-NEXT: callq {{.*}} <g>
# ASM-NEXT: retq

  .type f, @function
f:
  call g
  ret
  .size f, . - f
  .type g, @function
g:
  ret
  .size g, . - g
