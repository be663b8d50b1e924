## Recursion goes through the entry: a call to itself, and a tail jump by way of
## a global symbol that another module may replace. Neither is a loop.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: ld.lld -shared %t.hot.o -o %t.so
# RUN: ld.lld -e g %t.hot.o -o %t.out
# RUN: llvm-objdump -d --no-show-raw-insn %t.out | FileCheck %s

# CHECK-LABEL: <recurse>:
# CHECK-NEXT: decl
# CHECK-NEXT: callq {{.*}} <recurse>
# CHECK-LABEL: <g>:
# CHECK-NEXT: decl
# CHECK-NEXT: jmp {{.*}} <g>

  .type recurse, @function
recurse:
  decl (%rdi)
  call recurse
  ret
  .size recurse, . - recurse
  .balign 16
  .globl g
  .type g, @function
g:
  decl (%rdi)
  jmp g@PLT
  .size g, . - g
