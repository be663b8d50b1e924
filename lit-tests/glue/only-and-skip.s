## --only and --skip: what is not selected keeps its bytes and is not listed, but
## moves along.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite --only='^(alpha|gamma)$' %t.o -o %t.only.o
# RUN: llvm-objdump -d %t.only.o | FileCheck %s
# RUN: %rewrite --skip='^beta$' %t.o -o %t.skip.o
# RUN: cmp %t.only.o %t.skip.o
# RUN: llvm-readelf -r %t.only.o | grep -c R_X86_64_PC32 | FileCheck %s --check-prefix=TWO
# TWO: 2

# CHECK-LABEL: <alpha>:
# CHECK-NEXT: 40 53
# CHECK-NEXT: callq {{.*}} <beta>
# CHECK-LABEL: <beta>:
# CHECK-NEXT: : c3
# CHECK-LABEL: <gamma>:
# CHECK-NEXT: 40 c3

  .type alpha, @function
alpha:
  push %rbx
  call beta
  pop %rbx
  ret
  .size alpha, . - alpha
  .type beta, @function
beta:
  ret
  .size beta, . - beta
  .type gamma, @function
gamma:
  ret
  .size gamma, . - gamma
