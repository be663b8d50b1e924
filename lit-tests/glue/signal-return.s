## The signal return stub: unwinders know it by its bytes, and its FDE begins a
## byte early. It is left alone.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite --entry=nop %t.o -o %t.hot.o
# RUN: llvm-objdump -d --no-show-raw-insn %t.hot.o | FileCheck %s
# RUN: llvm-dwarfdump --eh-frame %t.hot.o | FileCheck %s --check-prefix=FDE

# CHECK-LABEL: <f>:
# CHECK-NEXT: nop
# CHECK-LABEL: <__restore_rt>:
# CHECK-NEXT: movq $0xf, %rax
# CHECK-NEXT: syscall
# FDE: Augmentation: {{ *}}"zRS"
# FDE: FDE {{.*}} pc=[[#%x,]]...[[#%x,]]

  .type f, @function
f:
  xor %eax, %eax
  ret
  .size f, . - f
  .balign 16
  nop
  .balign 16
.Lbegin:
  .type __restore_rt, @function
__restore_rt:
  mov $15, %rax
  syscall
  .size __restore_rt, . - __restore_rt
.Lend:
  .section .eh_frame, "a", @progbits
.Lcie:
  .long .LcieEnd - .LcieBody
.LcieBody:
  .long 0
  .byte 1
  .string "zRS"
  .uleb128 1
  .sleb128 -8
  .uleb128 16
  .uleb128 1
  .byte 0x1b
  .balign 8
.LcieEnd:
  .long .LfdeEnd - .LfdeBody
.LfdeBody:
  .long .LfdeBody - .Lcie
  .long .Lbegin - 1 - .
  .long .Lend - .Lbegin + 1
  .uleb128 0
  .byte 0xf, 3, 0x77, 0xa0, 1
  .balign 8
.LfdeEnd:
