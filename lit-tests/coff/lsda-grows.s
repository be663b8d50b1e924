## gcc's exception table in .xdata: a call site 127 bytes behind the entry needs a
## second byte when the entry grows, and what follows keeps its alignment.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-gnu %s -o in.o
# RUN: %rewrite in.o -o out.o
# RUN: %hotpad check out.o
# RUN: llvm-objcopy --dump-section=.xdata=before in.o && llvm-objcopy --dump-section=.xdata=after out.o
# RUN: %python %S/Inputs/lsda.py before | FileCheck %s --check-prefix=BEFORE
# RUN: %python %S/Inputs/lsda.py after | FileCheck %s --check-prefix=AFTER
# BEFORE: 21 bytes, call site 127 5 132 0 ends at its length
# AFTER: 25 bytes, call site 128 5 133 0 ends at its length
# RUN: llvm-readobj --unwind out.o | FileCheck %s
# CHECK: 0x02: PUSH_NONVOL reg=RBX
# CHECK: Handler: __gxx_personality_seh0
  .text
  .def f; .scl 2; .type 32; .endef
  .globl f
  .seh_proc f
  .seh_handler __gxx_personality_seh0, @unwind, @except
f:
  push %rbx
  .seh_pushreg %rbx
  .seh_endprologue
  .fill 126, 1, 0x90
  call g
landing:
  pop %rbx
  ret
  .seh_handlerdata
  .byte 0xff, 0xff, 1  # no base, no types, ULEB128
  .uleb128 5              # length of call sites
  .uleb128 127            # call site: start
  .uleb128 5              # length
  .uleb128 132            # landing pad
  .byte 0                 # action
  .text
  .seh_endproc
