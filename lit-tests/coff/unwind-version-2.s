## Version 2 says in 12 bits how far before the end epilogs begin: what it covers
## moves as a whole, and the prolog before it still grows.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o in.o
# RUN: %rewrite in.o -o out.o
# RUN: llvm-readobj --unwind in.o | grep -E 'Version|EPILOG|Epilog|EndAddr' > before
# RUN: FileCheck %s --input-file before --check-prefix=IN
# IN: Version: 2
# IN: EPILOG
# RUN: llvm-readobj --unwind in.o | grep -E 'EPILOG' > before
# RUN: llvm-readobj --unwind out.o | grep -E 'EPILOG' | diff before -
# RUN: llvm-readobj --unwind out.o | FileCheck %s --check-prefix=OUT
# OUT: PrologSize: 6
# OUT: 0x06: ALLOC_SMALL size=32
# OUT-NEXT: 0x02: PUSH_NONVOL reg=RBX
# RUN: %hotpad check out.o

  .text
  .def f; .scl 2; .type 32; .endef
  .globl f
  .seh_proc f
f:
  .seh_unwindversion 2
  push %rbx
  .seh_pushreg %rbx
  sub $32, %rsp
  .seh_stackalloc 32
  .seh_endprologue
  call g
  test %eax, %eax
  jz 1f
  .seh_startepilogue
  add $32, %rsp
  .seh_unwindv2start
  pop %rbx
  .seh_endepilogue
  ret
1:
  call h
  nop
  .seh_startepilogue
  add $32, %rsp
  .seh_unwindv2start
  pop %rbx
  .seh_endepilogue
  ret
  .seh_endproc
