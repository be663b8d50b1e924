## The loop may begin behind endbr64 or, written by hand, at it. Neither may run
## through the patch site.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

# CHECK-LABEL: <behind>:
# CHECK-NEXT: endbr64
# CHECK-NEXT: nop
# CHECK-NEXT: decl
# CHECK-NEXT: jne {{.*}} <behind+0x6>
# CHECK-LABEL: <at>:
# CHECK-NEXT: endbr64
# CHECK-NEXT: nop
# CHECK-NEXT: decl
# CHECK-NEXT: jne {{.*}} <at+0x6>

  .type behind, @function
behind:
  endbr64
1:
  decl (%rdi)
  jne 1b
  ret
  .size behind, . - behind
  .balign 16
  .type at, @function
at:
  endbr64
  decl (%rdi)
  jne at
  ret
  .size at, . - at
