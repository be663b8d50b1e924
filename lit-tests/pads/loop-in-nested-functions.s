## Two functions of known size that end together: the loop is the inner one's, and
## its NOPs are changed once.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o
# RUN: %rewrite --entry=nop %t.o -o %t.nop.o
# RUN: %hotpad check %t.nop.o

# CHECK: [[#%x,G:]] <inner>:
# CHECK-NEXT: pushq %rbx
# CHECK: [[#%x,G + 11]]: incl
# CHECK-NEXT: decl
# CHECK-NEXT: jg 0x[[#%x,G + 11]]

  .text
  .p2align 4
  .globl outer, inner
  .type outer, @function
  .type inner, @function
outer:
  mov $0, %ecx
inner:
  push %rbx
  mov %edi, %ebx
  lea 3(%rbx), %eax
  .p2align 4
1:
  incl %eax
  decl %ebx
  jg 1b
  pop %rbx
  ret
  .size outer, . - outer
  .size inner, . - inner
