## 8- and 16-bit fields, absolute and pc-relative, that name places in code.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: llvm-readelf -r %t.o | FileCheck %s --check-prefix=OLD
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -sr %t.hot.o | FileCheck %s

# OLD: R_X86_64_8 {{.*}} .text + 5
# OLD: R_X86_64_16 {{.*}} .text + 5
# OLD: R_X86_64_PC8 {{.*}} .text + 5
# OLD: R_X86_64_PC16 {{.*}} .text + 5

# CHECK: R_X86_64_8 {{.*}} .text + [[#%x,PLACE:]]
# CHECK: R_X86_64_16 {{.*}} .text + [[#PLACE]]
# CHECK: R_X86_64_PC8 {{.*}} .text + [[#PLACE]]
# CHECK: R_X86_64_PC16 {{.*}} .text + [[#PLACE]]
# CHECK: [[#%.16x,PLACE-1]] {{.*}} g

  .type f, @function
f:
  xor %eax, %eax
  ret
  .size f, . - f
  .balign 4
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
  .section .small, "a", @progbits
  .byte g + 1
  .short g + 1
  .byte g + 1 - .
  .short g + 1 - .
