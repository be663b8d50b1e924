## Addends in the field, through the symbol of a section and through a label: after
## the rewriting both still name one place, wherever it went.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o in.o
# RUN: %python %S/Inputs/places.py in.o | FileCheck %s --check-prefixes=ALL,IN
# RUN: %rewrite in.o -o out.o
# RUN: %python %S/Inputs/places.py out.o | FileCheck %s --check-prefixes=ALL,OUT
## By the assembler, f is at 0, inner 2 and g 16; the push of f then gets a prefix.
# ALL: checksums {{[1-9]}}
# IN: .pair64 ['f'] 0x0
# OUT: .pair64 ['f'] 0x[[#%x,F:]]
# IN: .pair64 ['inner'] 0x2
# OUT: .pair64 ['inner'] 0x[[#F + 3]]
# IN: .pair64 ['g'] 0x10
# OUT: .pair64 ['g'] 0x[[#%x,G:]]
# ALL-NEXT: .pair64 ['cell'] 0x4
# IN: .pair32 ['inner'] 0x2
# OUT: .pair32 ['inner'] 0x[[#F + 3]]
# ALL-NEXT: .pair32 ['cell'] 0x4
# IN: .pairnb ['inner'] 0x2
# OUT: .pairnb ['inner'] 0x[[#F + 3]]
# OUT-NEXT: .pairnb ['g'] 0x[[#G]]
# IN: .pairsec ['inner'] 0x2
# OUT: .pairsec ['inner'] 0x[[#F + 3]]
# OUT-NEXT: .pairsec ['g'] 0x[[#G]]
## The numbers of sections stay as they were.
# RUN: llvm-readobj -r in.o | grep SECTION > before && llvm-readobj -r out.o | grep SECTION | diff before -
## So do types that name no place: tokens of managed code, parts of a distance, nothing.
# RUN: %python %{tools}/coff.py in.o -o other.o reloc:.number.0.type=13 reloc:.number.1.type=12 reloc:.number.2.type=0 bytes:.number.0=x112233445566
# RUN: %rewrite other.o -o other.hot.o
# RUN: llvm-objdump -s -r -j .number other.hot.o | FileCheck %s --check-prefix=OTHER
# OTHER-DAG: IMAGE_REL_{{.*}}_TOKEN f
# OTHER-DAG: IMAGE_REL_{{.*}}_SECREL7 cell
# OTHER-DAG: IMAGE_REL_{{.*}}_ABSOLUTE g
# OTHER-DAG: 0000 11223344 5566

  .text
  .def f; .scl 2; .type 32; .endef
  .globl f, inner, g, cell
f:
.Lf:
  push %rbx
  nop
.Linner:
inner:
  pop %rbx
  ret
  .p2align 4, 0xcc
  .def g; .scl 2; .type 32; .endef
g:
.Lg:
  xor %eax, %eax
  ret
  .data
  .long 1
cell:
.Lcell:
  .long 2
  .section .pair64,"dr"
  .quad .Lf, f, .Linner, inner, .Lg, g, .Lcell, cell
  .section .pair32,"dr"
  .long .Linner, inner, .Lcell, cell
  .section .pairnb,"dr"
  .rva .Linner, inner, .Lg, g
  .section .pairsec,"dr"
  .secrel32 .Linner
  .secrel32 inner
  .secrel32 .Lg
  .secrel32 g
  .section .number,"dr"
  .secidx f
  .secidx cell
  .secidx g
