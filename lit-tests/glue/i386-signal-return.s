## The stubs that signal handlers of i386 return to. Without call frame information
## unwinders know them by their bytes: they are skipped, and said so.
# RUN: llvm-mc -filetype=obj -triple=i386 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=SUMMARY
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %rewrite --entry=nop %t.o -o %t.nop.o
# RUN: llvm-objdump -d %t.nop.o | FileCheck %s

# SUMMARY: 1/3 functions hot-patchable
# SUMMARY: 2 skipped: signal-frame
# CHECK: <restore>:
# CHECK-NEXT: 58 popl %eax
# CHECK-NEXT: b8 77 00 00 00 movl
# CHECK-NEXT: cd 80
# CHECK: <restoreRealTime>:
# CHECK-NEXT: b8 ad 00 00 00 movl
# CHECK-NEXT: cd 80

  .type f, @function
f:
  push %ebx
  pop %ebx
  ret
  .size f, . - f
  .p2align 4
  .type restore, @function
restore:
  pop %eax
  mov $0x77, %eax
  int $0x80
  .size restore, . - restore
  .p2align 4
  .type restoreRealTime, @function
restoreRealTime:
  mov $0xad, %eax
  int $0x80
  .size restoreRealTime, . - restoreRealTime
