## The table of safe handlers, and the layout of MSVC's /hotpatch on x86: 5 bytes
## before every function, and 8B FF at its entry.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=i686-windows-msvc %s -o in.o
# RUN: %rewrite in.o -o out.o --layout=ms-x86
# RUN: llvm-objcopy --dump-section=.sxdata=before in.o && llvm-objcopy --dump-section=.sxdata=after out.o
# RUN: test -s before && cmp before after
# RUN: llvm-objdump -d out.o | FileCheck %s
# CHECK: <_f>:
# CHECK-NEXT: 8b ff movl %edi, %edi
# CHECK-NEXT: 55 pushl %ebp
# CHECK: cc int3
# CHECK-NEXT: cc int3
# CHECK-NEXT: cc int3
# CHECK-NEXT: cc int3
# CHECK-NEXT: cc int3
# CHECK-EMPTY:
# CHECK-NEXT: <_g>:
# CHECK-NEXT: 8b ff movl %edi, %edi
# CHECK-NEXT: c3 retl
# RUN: %hotpad check --layout=ms-x86 out.o
## By default one-byte pushes become FF /6.
# RUN: %rewrite in.o -o wide.o
# RUN: llvm-objdump -d wide.o | FileCheck %s --check-prefix=WIDE
# WIDE: <_f>:
# WIDE-NEXT: ff f5 pushl %ebp
  .text
  .def _f; .scl 2; .type 32; .endef
  .globl _f, _g
_f: push %ebp
  mov %esp, %ebp
  pop %ebp
  ret
  .p2align 2, 0xcc
  .def _g; .scl 2; .type 32; .endef
_g: ret
  .safeseh _g
