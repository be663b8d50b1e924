## A reference to the end of a section (one past its last byte) follows it there.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -rS %t.hot.o | FileCheck %s

# CHECK: .text.f PROGBITS {{[0-9]+ [0-9a-f]+}} [[#%.6x,SIZE:]]
# CHECK: R_X86_64_64 {{.*}} .text.f + [[#%x,SIZE]]

  .section .text.f, "ax", @progbits
  .type f, @function
f:
  push %rbx
  pop %rbx
  ret
  .size f, . - f
.Lend:
  .section .ends, "a", @progbits
  .quad .Lend
