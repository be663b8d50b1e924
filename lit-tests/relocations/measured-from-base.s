## Operands that are distances from a base in a register, to data and to symbols
## of other files: the relocation measures from the field, so its addend holds
## the distance from the base.
# REQUIRES: gcc
# RUN: %cc -c %s -o %t.o
# RUN: %cc %t.o -o %t.old && %t.old
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
# RUN: %hotpad check %t.hot.o
# RUN: %cc %t.hot.o -o %t.out && %t.out
# RUN: %rewrite --entry=nop %t.hot.o -o %t.nop.o
# RUN: %cc %t.nop.o -o %t.out && %t.out
# CHECK: 8/8 functions hot-patchable

.macro F name
  .globl \name
  .type \name, @function
  .p2align 4
\name:
.endm
.macro END name
  .size \name, . - \name
.endm
  .text
F first
  mov $1, %eax
  ret
END first
F between
  push %rbx
  pop %rbx
  ret
END between
F displacement
  lea first(%rip), %r10
  lea table-first(%r10), %rdx
  mov 4(%rdx), %eax
  ret
END displacement
F derived # from the base
  lea first(%rip), %r10
  lea (%r10,%rdi,2), %r8
  movzbl wide-first(%r8), %eax
  ret
END derived
F immediate
  push %rbx
  lea first(%rip), %rbx
  movabs $table - first, %rax
  mov 8(%rbx,%rax), %eax
  pop %rbx
  ret
END immediate
F own # entry as the base, and a loop there
  dec %edi
  jg own
  lea own(%rip), %rdx
  movabs $environ - own, %rax
  add %rdx, %rax
  cmp environ(%rip), %rax
  setne %al
  movzbl %al, %eax
  mov environ@GOTPCREL(%rip), %rcx
  movabs $environ - own, %rdi
  add %rdx, %rdi
  sub %rcx, %rdi
  mov %edi, %eax
  ret
END own
F given # the base comes from the caller
  mov table-first(%r10), %eax
  ret
END given
F main
  push %r12
  xor %r12d, %r12d
  call displacement
  cmp $22, %eax
  setne %al
  or %al, %r12b
  mov $1, %edi
  call derived
  cmp $9, %eax
  setne %al
  or %al, %r12b
  call immediate
  cmp $33, %eax
  setne %al
  or %al, %r12b
  mov $3, %edi
  call own
  test %eax, %eax
  setne %al
  or %al, %r12b
  lea first(%rip), %r10
  call given
  cmp $11, %eax
  setne %al
  or %al, %r12b
  mov %r12d, %eax
  pop %r12
  ret
END main
  .section .rodata
  .balign 64
  .zero 64
table:
  .long 11, 22, 33, 44
wide:
  .byte 7, 8, 9
  .zero 64
  .section .note.GNU-stack, "", @progbits
