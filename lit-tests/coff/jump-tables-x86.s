## MSVC's tables in .text of x86: absolute addresses, and bytes that choose among
## them, directly behind a call that does not return.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=i686-windows-msvc %s -o in.o
# RUN: %rewrite in.o -o out.o > log 2>&1
# RUN: FileCheck %s --input-file log --check-prefix=LOG
# LOG: 2/2 functions hot-patchable
# RUN: %hotpad check out.o
## The rows name the labels of the cases, and the cases their functions.
# RUN: llvm-objdump -dr out.o | FileCheck %s
# CHECK: <f>:
# CHECK: IMAGE_REL_I386_DIR32 table
# CHECK: <case1>:
# CHECK-NEXT: movl $0x1, %eax
# CHECK: <case2>:
# CHECK-NEXT: movl $0x2, %eax
# CHECK: IMAGE_REL_I386_REL32 abort
# CHECK: <table>:
# CHECK: IMAGE_REL_I386_DIR32 case1
# CHECK: IMAGE_REL_I386_DIR32 case2
# CHECK: <bytes>:
# CHECK: <g>:
## Two rows without addends, and the bytes as they were.
# RUN: llvm-objcopy --dump-section=.text=code out.o
# RUN: %python -c "assert bytes(8) + bytes([0, 1, 0, 1, 0, 0xcc]) in open('code', 'rb').read()"
  .text
  .def f; .scl 2; .type 32; .endef
  .globl f, g
f:
  push %ebx
  cmp $4, %ecx
  ja case3
  movzbl bytes(%ecx), %eax
  jmp *table(,%eax,4)
case1:
  mov $1, %eax
  pop %ebx
  ret
case2:
  mov $2, %eax
  pop %ebx
  ret
case3:
  call abort
table:
  .long case1, case2
bytes:
  .byte 0, 1, 0, 1, 0
  .p2align 4, 0xcc
  .def g; .scl 2; .type 32; .endef
g:
  push %ebx
  call f
  pop %ebx
  ret
