## Relocations of APX code (CODE_4_GOTPCRELX and its kind).
# RUN: llvm-mc -filetype=obj -triple=x86_64 -mattr=+egpr,+ndd %s -o %t.o
# RUN: llvm-readelf -r %t.o | grep CODE_4
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -dr --mattr=+egpr %t.hot.o | FileCheck %s

# CHECK-LABEL: <f>:
# CHECK-NEXT: 40 53 {{.*}}push
# CHECK-NEXT: movq (%rip), %r16
# CHECK-NEXT: R_X86_64_CODE_4_GOTPCRELX g-0x4
# CHECK: R_X86_64_CODE_4_GOTTPOFF t-0x4
# CHECK: callq {{.*}} <h>

  .globl f
  .type f, @function
f:
  push %rbx
  movq g@GOTPCREL(%rip), %r16
  movq t@GOTTPOFF(%rip), %r17
  call .Lf
  pop %rbx
  ret
  .size f, . - f
  .type h, @function
h:
.Lf:
  ret
  .size h, . - h
