## A jump onto the second byte of the first instruction (past its lock prefix)
## gets out of the way of the patch.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# CHECK-LABEL: <f>:
# CHECK-NEXT: 66 90
# CHECK-NEXT: f0 {{.*}}lock
# CHECK: jne {{.*}} <f+0x3>

  .type f, @function
f:
  lock
1:
  incl (%rdi)
  test %esi, %esi
  jne 1b
  ret
  .size f, . - f
