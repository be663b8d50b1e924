## .chks64 has a hash of each section: those of changed sections are zeroed, since
## nobody but MSVC can compute them; those of the others stay.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o in.o
# RUN: llvm-readobj -S in.o | grep Name: | head -4 | FileCheck %s --check-prefix=ORDER
# ORDER: .text
# ORDER-NEXT: .data
# ORDER-NEXT: .bss
# ORDER-NEXT: .chks64
# RUN: %rewrite in.o -o out.o
# RUN: llvm-objdump -s -j .chks64 out.o | FileCheck %s
# CHECK: 0000 00000000 00000000 22222222 22222222
# CHECK-NEXT: 0010 33333333 33333333 44444444 44444444
  .text
  .globl f
f: ret
  .data
  .quad 7
  .section .chks64,"n"
  .quad 0x1111111111111111, 0x2222222222222222, 0x3333333333333333, 0x4444444444444444
