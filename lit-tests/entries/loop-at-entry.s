## A loop that begins at the entry must not run through the patch: a NOP gets
## before it, and every kind of branch inside goes behind the NOP.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# CHECK-LABEL: <short>:
# CHECK-NEXT: nop
# CHECK-NEXT: decl
# CHECK-NEXT: jne {{.*}} <short+0x2>
# CHECK-LABEL: <near>:
# CHECK-NEXT: nop
# CHECK-NEXT: decl
# CHECK-NEXT: jne {{.*}} <near+0x2>
# CHECK-LABEL: <counted>:
# CHECK-NEXT: nop
# CHECK-NEXT: decl
# CHECK-NEXT: loop {{.*}} <counted+0x2>
# CHECK-LABEL: <untilZero>:
# CHECK-NEXT: nop
# CHECK-NEXT: decl
# CHECK-NEXT: jrcxz {{.*}} <untilZero+0x2>
# CHECK-LABEL: <forever>:
# CHECK-NEXT: nop
# CHECK-NEXT: decl
# CHECK-NEXT: jmp {{.*}} <forever+0x2>
# CHECK-LABEL: <oneByte>:
# CHECK-NEXT: nop
# CHECK-NEXT: lods
# CHECK-NEXT: loop {{.*}} <oneByte+0x2>

.macro F name, branch:vararg
  .balign 16
  .type \name, @function
\name:
  decl (%rdi)
  \branch \name
  ret
  .size \name, . - \name
.endm
F short, jne
F near, {disp32} jne
F counted, loop
F untilZero, jrcxz
F forever, jmp
  .balign 16
  .type oneByte, @function
oneByte:
  lodsb
  loop oneByte
  ret
  .size oneByte, . - oneByte
