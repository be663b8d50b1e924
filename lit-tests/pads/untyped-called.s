## A label without a type is a function when something calls it.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o | FileCheck %s --check-prefix=CONFORM

# CONFORM: 2/2 functions conform
# CHECK: cc {{.*}}int3
# CHECK-LABEL: <helper>:
# CHECK-NEXT: 40 53

  .globl f
  .type f, @function
f:
  sub $8, %rsp
  call helper
  add $8, %rsp
  ret
  .size f, . - f
helper:
  push %rbx
  pop %rbx
  ret
