## MSVC's tables in .text: addresses from the image's start, and bytes that choose
## among them, directly behind a call that does not return.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o in.o
# RUN: %rewrite in.o -o out.o > log 2>&1
# RUN: FileCheck %s --input-file log --check-prefix=LOG
# LOG: 2/2 functions hot-patchable
# RUN: %hotpad check out.o
## The rows name the labels of the cases, and the cases their functions.
# RUN: llvm-objdump -dr out.o | FileCheck %s
# CHECK: <f>:
# CHECK: IMAGE_REL_AMD64_ADDR32NB table
# CHECK: <LN1>:
# CHECK-NEXT: movl $0x1, %eax
# CHECK: <LN2>:
# CHECK-NEXT: movl $0x2, %eax
# CHECK: IMAGE_REL_AMD64_REL32 abort
# CHECK: <table>:
# CHECK: IMAGE_REL_AMD64_ADDR32NB LN1
# CHECK: IMAGE_REL_AMD64_ADDR32NB LN2
# CHECK: <bytes>:
# CHECK: <g>:
## Two rows without addends, and the bytes as they were.
# RUN: llvm-objcopy --dump-section=.text=code out.o
# RUN: %python -c "assert bytes(8) + bytes([0, 1, 0, 1, 0, 0xcc]) in open('code', 'rb').read()"
  .text
  .def f; .scl 2; .type 32; .endef
  .globl f, g
f:
  push %rbx
  cmp $4, %ecx
  ja LN3
  lea __ImageBase(%rip), %rdx
  movslq %ecx, %rax
  movzbl bytes@IMGREL(%rdx,%rax), %eax
  mov table@IMGREL(%rdx,%rax,4), %ecx
  add %rdx, %rcx
  jmp *%rcx
LN1:
  mov $1, %eax
  pop %rbx
  ret
LN2:
  mov $2, %eax
  pop %rbx
  ret
LN3:
  call abort
table:
  .rva LN1, LN2
bytes:
  .byte 0, 1, 0, 1, 0
  .p2align 4, 0xcc
  .def g; .scl 2; .type 32; .endef
g:
  push %rbx
  call f
  pop %rbx
  ret
