## Distances of 8 bytes, which GNU as writes for gcc -mcmodel=large: measured from the
## field, and from the start of a table. The program does what it did.
# REQUIRES: mingw64, wine64
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: %mingw64 -c %s -o in.o
# RUN: llvm-readobj -r in.o | FileCheck %s
# CHECK: 0x0 IMAGE_REL_AMD64_SREL32 .text
# CHECK: 0x8 IMAGE_REL_AMD64_SREL32 .text
# CHECK: 0x10 IMAGE_REL_AMD64_SREL32 .text
# RUN: %rewrite in.o -o hot.o && %hotpad check hot.o
# RUN: for o in in hot; do %mingw64 $o.o -o $o.exe && { %wine $o.exe; [ $? = 42 ]; } || exit 1; done

  .text
  .def f; .scl 3; .type 32; .endef
f:
  push %rbx
  mov $40, %eax
  pop %rbx
  ret
  .def main; .scl 2; .type 32; .endef
  .globl main
main:
  push %rbx
  sub $32, %rsp
  lea distance(%rip), %rcx
  mov (%rcx), %rax
  add %rcx, %rax
  call *%rax
  mov %eax, %ebx
  lea table(%rip), %rcx
  mov 8(%rcx), %rax
  add %rcx, %rax
  jmp *%rax
case0:
  inc %ebx
case1:
  add $2, %ebx
  mov %ebx, %eax
  add $32, %rsp
  pop %rbx
  ret

  .section .rdata,"dr"
distance:
  .quad f - .
table:
  .quad case0 - table
  .quad case1 - table
