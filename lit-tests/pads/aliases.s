## Several names of one function: one pad, and all of them stay together.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-nm -n %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o | FileCheck %s --check-prefix=CONFORM

# CHECK: [[A:[0-9a-f]+]] T f
# CHECK-NEXT: [[A]] t fLocal
# CHECK-NEXT: [[A]] W fWeak
# CHECK-NEXT: g
# CONFORM: 2/2 functions conform

  .globl f
  .weak fWeak
  .type f, @function
  .type fWeak, @function
  .type fLocal, @function
f:
fWeak:
fLocal:
  push %rbx
  pop %rbx
  ret
  .size f, . - f
  .size fWeak, . - fWeak
  .type g, @function
g:
  ret
  .size g, . - g
