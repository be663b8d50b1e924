# A jump that code writes to its stack leads to an inner function; what is added to
# the function's address comes from the frame. Here the sum is a place in `between`.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=i386-linux-gnu %s -o known.o
# RUN: %rewrite known.o -o known.hot.o 2>&1 | FileCheck %s --check-prefix=ALL
# ALL: 3/3 functions hot-patchable
# RUN: llvm-nm known.hot.o | FileCheck %s --check-prefix=NAMES
# RUN: llvm-objdump -dr --no-show-raw-insn known.hot.o | FileCheck %s
## inner + 0x14: what `between` has more is not in the sum.
# NAMES: 00000010 t inner
# CHECK:      movl $0x24, %eax
# CHECK-NEXT: R_386_32 .text

# Where the frame does not tell which function is meant, all stay as they are.
# RUN: llvm-mc -filetype=obj -triple=i386-linux-gnu --defsym UNKNOWN=1 %s -o unknown.o
# RUN: %rewrite unknown.o -o unknown.hot.o 2>&1 | FileCheck %s --check-prefix=NONE
# NONE: 0/3 functions hot-patchable
# NONE: hidden-reference

  .text
  .p2align 4
  .type inner,@function
inner:
  movl 4(%ecx), %eax
  retl
  .size inner, .-inner
  .p2align 4, 0x90
  .globl between
  .type between,@function
between:
  pushl %ebx                   # becomes longer
  movl 8(%esp), %eax
  addl %eax, %eax
  popl %ebx
  retl
  .size between, .-between
  .p2align 4, 0x90
  .globl outer
  .type outer,@function
outer:
  subl $60, %esp
  movb $0xb9, 20(%esp)
  movl %esp, 21(%esp)
  movb $0xe9, 25(%esp)
  movl $.text+0x14, %eax       # 0x14: 50 - (25 + 5)
  leal 50(%esp), %edx
.ifdef UNKNOWN
  movl 12(%esp), %edx
.endif
  subl %edx, %eax
  movl %eax, 26(%esp)
  leal 20(%esp), %eax
  calll *%eax
  addl $60, %esp
  retl
  .size outer, .-outer
