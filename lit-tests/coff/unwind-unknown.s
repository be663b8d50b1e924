## What covers code in a way nobody knows may move with it, but nothing inside may
## change: an unwind version to come, and a handler whose data may count anything.
## An empty record, of code that was taken out, stays.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=LOG
# LOG: 2/4 functions hot-patchable
# LOG: 2 skipped: unknown-unwind-data
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s --check-prefix=CODE
# CODE:      <newer>:
# CODE-NEXT: 53 pushq
# CODE:      <newerWide>:
# CODE-NEXT: 48 83 ec 20 subq
# CODE:      <handled>:
# CODE-NEXT: 53 pushq
# CODE:      <handledWide>:
# CODE-NEXT: 48 83 ec 20 subq
## The two that are wide enough have their pads.
# RUN: %hotpad check --only=Wide %t.hot.o
# RUN: llvm-objcopy --dump-section=.xdata=%t.before %t.o && llvm-objcopy --dump-section=.xdata=%t.after %t.hot.o && cmp %t.before %t.after
# RUN: llvm-objdump -s -j .pdata %t.hot.o | FileCheck %s --check-prefix=EMPTY
# EMPTY:      0010 {{........}} {{........}} 00000000 00000000
# EMPTY-NEXT: 0020 00000000

  .text
  .globl newer, newerWide, handled, handledWide
  .def newer; .scl 2; .type 32; .endef
newer:
  push %rbx
  pop %rbx
  ret
.Lnewer_end:
  .def newerWide; .scl 2; .type 32; .endef
newerWide:
  sub $32, %rsp
  add $32, %rsp
  ret
.LnewerWide_end:
  .def handled; .scl 2; .type 32; .endef
handled:
  push %rbx
  pop %rbx
  ret
.Lhandled_end:
  .def handledWide; .scl 2; .type 32; .endef
handledWide:
  sub $32, %rsp
  add $32, %rsp
  ret
.LhandledWide_end:

  .section .xdata,"dr"
info1: .byte 3, 1, 1, 0, 1, 0x30, 0, 0
info2: .byte 3, 4, 1, 0, 4, 0x32, 0, 0
info3: .byte 9, 1, 1, 0, 1, 0x30, 0, 0
  .rva own_handler
  .long 2
info4: .byte 9, 4, 1, 0, 4, 0x32, 0, 0
  .rva own_handler
  .long 4

  .section .pdata,"dr"
  .rva newer, .Lnewer_end, info1
  .rva newerWide, .LnewerWide_end, info2
  .long 0, 0, 0
  .rva handled, .Lhandled_end, info3
  .rva handledWide, .LhandledWide_end, info4
