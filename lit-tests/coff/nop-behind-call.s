# The unwinder of 64-bit Windows looks return addresses up as they are: without the
# NOP behind its call, f's would be behind the end of the __try. It stays, though it
# looks like what aligns a loop (the handler jumps back to 16 * k). And what only the
# table of scopes leads to is code: the jump in it follows, nothing is skipped.
# RUN: llvm-mc -filetype=obj -triple=x86_64-windows-msvc %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s --check-prefix=ALL
# ALL: 2/2 functions hot-patchable
# RUN: %hotpad check %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s
# CHECK:      <f>:
# CHECK-NEXT: pushq %rbp
# CHECK-NEXT: subq $0x20, %rsp
# CHECK-NEXT: leaq
# CHECK-NEXT: [[#%x,CALL:]]: callq
# CHECK-NEXT: [[#%x,CALL+5]]: nop
# CHECK-NEXT: [[#%x,CALL+6]]: addq $0x20, %rsp
# CHECK:      movl $0xffffffff, %eax
# CHECK-NEXT: jmp 0x[[#CALL+6]]
# Behind a call a NOP that aligns a loop may become shorter, and does not vanish.
# CHECK:      <g>:
# CHECK:      callq
# CHECK-NEXT: nop
# CHECK-NEXT: [[#%x,LOOP:]]: decl %ebx
# CHECK-NEXT: jne 0x[[#LOOP]]
  .text
  .p2align 4
  .globl f
  .def f; .scl 2; .type 32; .endef
f:
  .seh_proc f
  pushq %rbp
  .seh_pushreg %rbp
  subq $32, %rsp
  .seh_stackalloc 32
  leaq 32(%rsp), %rbp
  .seh_setframe %rbp, 32
  .seh_endprologue
.Lbegin:
  callq may
  nop
.Lend:
  addq $32, %rsp
  popq %rbp
  retq
.Lhandler:
  movl $-1, %eax
  jmp .Lend
  .seh_handler __C_specific_handler, @unwind, @except
  .seh_handlerdata
  .long 1
  .long .Lbegin@IMGREL, .Lend@IMGREL, 1, .Lhandler@IMGREL
  .text
  .seh_endproc

  .p2align 4
  .globl g
  .def g; .scl 2; .type 32; .endef
g:
  .seh_proc g
  pushq %rbx
  .seh_pushreg %rbx
  .seh_endprologue
  subl %eax, %eax
  subl %edx, %edx
  movl $1000, %ebx
  callq may
  nop
.Lloop:
  decl %ebx
  jne .Lloop
  popq %rbx
  retq
  .seh_endproc
