## What lists symbols by their numbers stays true: every number names what it named.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o in.o
# RUN: %rewrite in.o -o out.o
# RUN: for s in '.gfids$y' '.giats$y' '.gljmp$y' '.gehcont$y' .drectve; do \
# RUN:   llvm-objcopy --dump-section="$s=before" in.o && llvm-objcopy --dump-section="$s=after" out.o && \
# RUN:   test -s before && cmp before after || exit 1; done
# RUN: llvm-readobj -s in.o | grep '^    Name:' > before
# RUN: grep -c . before | FileCheck %s --check-prefix=SOME
# SOME: {{[1-9][0-9]}}
# RUN: llvm-readobj -s out.o | grep '^    Name:' | head -$(wc -l < before) | diff before -
# RUN: llvm-readobj -S in.o | grep -E '^    (Number|Name):' > before
# RUN: llvm-readobj -S out.o | grep -E '^    (Number|Name):' | head -$(wc -l < before) | diff before -
# RUN: llvm-readobj -s out.o | FileCheck %s
# CHECK: Name: @feat.00
# CHECK-NEXT: Value: 2065
# CHECK: Name: weak
# CHECK: StorageClass: WeakExternal
# CHECK: Linked: strong
# CHECK: Search: Alias
  .set @feat.00, 2065
  .globl @feat.00
  .text
  .def f; .scl 2; .type 32; .endef
  .globl f, g, strong
f: push %rbx
  nop
landing: pop %rbx
  ret
  .def g; .scl 2; .type 32; .endef
g: call weak
  ret
  .def strong; .scl 2; .type 32; .endef
strong: xor %eax, %eax
  ret
  .weak weak
  .set weak, strong
  .section .gfids$y,"dr"
  .symidx f
  .symidx g
  .section .giats$y,"dr"
  .symidx __imp_x
  .section .gljmp$y,"dr"
  .symidx landing
  .section .gehcont$y,"dr"
  .symidx landing
  .section .drectve,"yn"
  .ascii "/EXPORT:g"
