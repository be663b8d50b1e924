## First instructions of one byte in 32-bit code get their form with a ModRM
## byte; what has none gets a NOP; behind endbr32, too.
# RUN: llvm-mc -filetype=obj -triple=i386 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=SUMMARY
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# SUMMARY: 10/10 functions hot-patchable; 10 padded, 6 widened, 3 with a NOP

# CHECK-LABEL: <pushes>:
# CHECK-NEXT: ff f3 pushl %ebx
# CHECK-NEXT: 5b popl %ebx
# CHECK-LABEL: <landing>:
# CHECK-NEXT: endbr32
# CHECK-NEXT: ff f5 pushl %ebp
# CHECK-LABEL: <pops>:
# CHECK-NEXT: 8f c1 popl %ecx
# CHECK-LABEL: <counts>:
# CHECK-NEXT: ff c0 incl %eax
# CHECK-LABEL: <swaps>:
# CHECK-NEXT: 87 c2 xchgl
# CHECK-LABEL: <returns>:
# CHECK-NEXT: f3 c3
# CHECK-LABEL: <extends>:
# CHECK-NEXT: 66 90 nop
# CHECK-NEXT: 99 cltd
# CHECK-LABEL: <saves>:
# CHECK-NEXT: 66 90 nop
# CHECK-NEXT: 60 pushal
# CHECK-LABEL: <loops>:
# CHECK-NEXT: 66 90 nop
# CHECK-NEXT: 48 decl %eax
# CHECK-NEXT: jne {{.*}} <loops+0x2>
# CHECK-LABEL: <wide>:
# CHECK-NEXT: 31 c0 xorl

.macro F name, first
  .balign 16
  .type \name, @function
\name:
  \first
  ret
  .size \name, . - \name
.endm
F pushes, "push %ebx; pop %ebx"
F landing, "endbr32; push %ebp; pop %ebp"
F pops, "pop %ecx; push %ecx"
F counts, "inc %eax"
F swaps, "xchg %edx, %eax"
  .balign 16
  .type returns, @function
returns:
  ret
  .size returns, . - returns
F extends, "cltd"
F saves, "pusha; popa"
F loops, "dec %eax; jne loops"
F wide, "xor %eax, %eax"
