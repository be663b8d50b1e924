## A probe (.note.stapsdt) names a NOP in the code, which must stay one byte at the
## place that the note names; a record of call sites (__mcount_loc) names a call.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: for entry in auto nop; do \
# RUN:   %hotpad rewrite --entry=$entry %t.o -o %t.hot.o && \
# RUN:   ld.lld -e f --image-base=0 -Ttext=0x1000 %t.hot.o -o %t.out && \
# RUN:   %python %S/Inputs/pointed.py %t.out || exit 1; \
# RUN: done

  .balign 16
  .globl f
  .type f, @function
f:
.Lcall:
  call __fentry__
  push %rbx
  .skip 9, 0xf5
.Lprobe:
  nop
  .balign 16
1:
  dec %edi
  jne 1b
  pop %rbx
  ret
  .size f, . - f
  .globl __fentry__
  .type __fentry__, @function
__fentry__:
  ret
  .size __fentry__, . - __fentry__
  .section .probe, "a", @progbits
  .quad .Lprobe
  .section __mcount_loc, "a", @progbits
  .quad .Lcall
