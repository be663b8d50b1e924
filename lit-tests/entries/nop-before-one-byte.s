## int3, hlt, in, out, iret, retf, cli and sti are kept as they are: a 2-byte NOP
## goes before them. (The address that a trap reports is the opcode's own.)
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# CHECK-LABEL: <fcc>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : cc {{.*}}int3
# CHECK-LABEL: <ff4>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : f4 {{.*}}hlt
# CHECK-LABEL: <fec>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : ec {{.*}}inb
# CHECK-LABEL: <fed>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : ed {{.*}}inl
# CHECK-LABEL: <fee>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : ee {{.*}}outb
# CHECK-LABEL: <fef>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : ef {{.*}}outl
# CHECK-LABEL: <fcf>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : cf {{.*}}iret
# CHECK-LABEL: <fcb>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : cb {{.*}}lret
# CHECK-LABEL: <ffa>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : fa {{.*}}cli
# CHECK-LABEL: <ffb>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : fb {{.*}}sti
# CHECK-LABEL: <f6c>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : 6c {{.*}}insb
# CHECK-LABEL: <f6f>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: : 6f {{.*}}outsl

  .text
.irp op, cc,f4,ec,ed,ee,ef,cf,cb,fa,fb,6c,6f
  .balign 16
  .globl f\op
  .type f\op, @function
f\op:
  .byte 0x\op
  ret
  .size f\op, . - f\op
.endr
