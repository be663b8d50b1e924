## REL32 and REL32_1 to _5: a linker computes the same cells, and the same labels.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o in.o
## MSVC's types, which count the bytes of the instruction behind the field. No
## instruction has 3 or 5 there: with 4, the addend has the difference.
# RUN: %python %{tools}/coff.py in.o -o ms.o \
# RUN:   reloc..text.0.type=5 bytes..text.0x2=x00000000 reloc..text.1.type=6 bytes..text.0xa=x00000000 \
# RUN:   reloc..text.2.type=8 bytes..text.0x12=x00000000 reloc..text.3.type=7 bytes..text.0x1c=xffffffff \
# RUN:   reloc..text.4.type=9 bytes..text.0x26=x01000000 \
# RUN:   'reloc:.text$c.2.type=7' 'bytes:.text$c.0x11=x05000000' 'reloc:.text$c.3.type=9' 'bytes:.text$c.0x18=x05000000'
# RUN: llvm-readobj -r ms.o | FileCheck %s --check-prefix=TYPES
# TYPES: REL32_1 cell
# TYPES-NEXT: REL32_2 cell
# TYPES-NEXT: REL32_4 cell
# TYPES-NEXT: REL32_3 cell
# TYPES-NEXT: REL32_5 cell
# TYPES-NEXT: REL32 cell
# TYPES: REL32 .text$b
# TYPES-NEXT: REL32 inner
# TYPES-NEXT: REL32_3 .text$b
# TYPES-NEXT: REL32_5 inner
# RUN: %rewrite ms.o -o hot.o
# RUN: for l in ms.o hot.o; do %lldlink /nologo /nodefaultlib /subsystem:console /entry:f /base:0x140000000 $l /out:$l.exe && llvm-objdump -d --no-show-raw-insn $l.exe > $l.dis || exit 1; done
## All lead to the cell: at the start of .data, whatever moved before.
# RUN: llvm-readobj -S ms.o.exe | FileCheck %s --check-prefix=WHERE
# WHERE: Name: .data
# WHERE-NEXT: VirtualSize
# WHERE-NEXT: VirtualAddress: 0x2000
# RUN: llvm-readobj -S hot.o.exe | FileCheck %s --check-prefix=WHERE
# RUN: grep -c '# 0x140002000' ms.o.dis | FileCheck %s --check-prefix=SIX
# RUN: grep -c '# 0x140002000' hot.o.dis | FileCheck %s --check-prefix=SIX
# SIX: {{^}}6{{$}}
## Inside of what grew, through the section's symbol and through a label's; the pop
## is there, behind the push that got a prefix.
# RUN: FileCheck %s --input-file hot.o.dis --check-prefix=INNER
# INNER: pushq %rbx
# INNER-NEXT: nop
# INNER-NEXT: 140[[#%x,POP:]]: {{.*}}popq %rbx
# INNER: leaq {{.*}} # 0x140[[#%.6x,POP]]
# INNER-NEXT: leaq {{.*}} # 0x140[[#%.6x,POP]]
# INNER-NEXT: leaq {{.*}} # 0x140[[#%.6x,POP]]
# INNER-NEXT: leaq {{.*}} # 0x140[[#%.6x,POP]]

  .text
  .def f; .scl 2; .type 32; .endef
  .globl f, cell
f:
  cmpb $1, cell(%rip)
  cmpw $0x1111, cell(%rip)
  cmpl $0x11111111, cell(%rip)
  cmpl $0x11111111, cell(%rip)
  cmpl $0x11111111, cell(%rip)
  movl cell(%rip), %eax
  ret
  .section .text$b,"xr"
  .def h; .scl 2; .type 32; .endef
  .globl h
h:
  push %rbx
  nop
inner:
.Linner:
  pop %rbx
  ret
  .section .text$c,"xr"
  .def k; .scl 2; .type 32; .endef
  .globl k, inner
k:
  leaq .Linner(%rip), %rax
  leaq inner(%rip), %rdx
  leaq .Linner(%rip), %rax
  leaq inner(%rip), %rdx
  ret
  .data
cell:
  .quad 0
