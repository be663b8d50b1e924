## One-byte instructions that a bare REX prefix does not change get one, and
## nothing else: `rex push %rbx` is `push %rbx`.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-objdump -d %t.hot.o | FileCheck %s
# RUN: %hotpad check %t.hot.o

## The table, in order: push, pop, xchg with rax, sign extension, flags, strings,
## ret, leave, xlat.
# CHECK-LABEL: <f50>:
# CHECK-NEXT: 40 50 {{.*}}pushq %rax
# CHECK-LABEL: <f51>:
# CHECK-NEXT: 40 51 {{.*}}pushq %rcx
# CHECK-LABEL: <f52>:
# CHECK-NEXT: 40 52 {{.*}}pushq %rdx
# CHECK-LABEL: <f53>:
# CHECK-NEXT: 40 53 {{.*}}pushq %rbx
# CHECK-LABEL: <f54>:
# CHECK-NEXT: 40 54 {{.*}}pushq %rsp
# CHECK-LABEL: <f55>:
# CHECK-NEXT: 40 55 {{.*}}pushq %rbp
# CHECK-LABEL: <f56>:
# CHECK-NEXT: 40 56 {{.*}}pushq %rsi
# CHECK-LABEL: <f57>:
# CHECK-NEXT: 40 57 {{.*}}pushq %rdi
# CHECK-LABEL: <f58>:
# CHECK-NEXT: 40 58 {{.*}}popq %rax
# CHECK-LABEL: <f5c>:
# CHECK-NEXT: 40 5c {{.*}}popq %rsp
# CHECK-LABEL: <f5f>:
# CHECK-NEXT: 40 5f {{.*}}popq %rdi
# CHECK-LABEL: <f91>:
# CHECK-NEXT: 40 91 {{.*}}xchgl
# CHECK-LABEL: <f97>:
# CHECK-NEXT: 40 97 {{.*}}xchgl
# CHECK-LABEL: <f98>:
# CHECK-NEXT: 40 98 {{.*}}cwtl
# CHECK-LABEL: <f99>:
# CHECK-NEXT: 40 99 {{.*}}cltd
# CHECK-LABEL: <f9c>:
# CHECK-NEXT: 40 9c {{.*}}pushfq
# CHECK-LABEL: <f9d>:
# CHECK-NEXT: 40 9d {{.*}}popfq
# CHECK-LABEL: <f9e>:
# CHECK-NEXT: 40 9e {{.*}}sahf
# CHECK-LABEL: <f9f>:
# CHECK-NEXT: 40 9f {{.*}}lahf
# CHECK-LABEL: <fa4>:
# CHECK-NEXT: 40 a4 {{.*}}movsb
# CHECK-LABEL: <fa5>:
# CHECK-NEXT: 40 a5 {{.*}}movsl
# CHECK-LABEL: <fa6>:
# CHECK-NEXT: 40 a6 {{.*}}cmpsb
# CHECK-LABEL: <fa7>:
# CHECK-NEXT: 40 a7 {{.*}}cmpsl
# CHECK-LABEL: <faa>:
# CHECK-NEXT: 40 aa {{.*}}stosb
# CHECK-LABEL: <fab>:
# CHECK-NEXT: 40 ab {{.*}}stosl
# CHECK-LABEL: <fac>:
# CHECK-NEXT: 40 ac {{.*}}lodsb
# CHECK-LABEL: <fad>:
# CHECK-NEXT: 40 ad {{.*}}lodsl
# CHECK-LABEL: <fae>:
# CHECK-NEXT: 40 ae {{.*}}scasb
# CHECK-LABEL: <faf>:
# CHECK-NEXT: 40 af {{.*}}scasl
# CHECK-LABEL: <fc3>:
# CHECK-NEXT: 40 c3 {{.*}}retq
# CHECK-LABEL: <fc9>:
# CHECK-NEXT: 40 c9 {{.*}}leave
# CHECK-LABEL: <fd7>:
# CHECK-NEXT: 40 d7 {{.*}}xlatb
# CHECK-LABEL: <ff5>:
# CHECK-NEXT: 40 f5 {{.*}}cmc
# CHECK-LABEL: <ff8>:
# CHECK-NEXT: 40 f8 {{.*}}clc
# CHECK-LABEL: <ff9>:
# CHECK-NEXT: 40 f9 {{.*}}stc
# CHECK-LABEL: <ffc>:
# CHECK-NEXT: 40 fc {{.*}}cld
# CHECK-LABEL: <ffd>:
# CHECK-NEXT: 40 fd {{.*}}std

  .text
.irp op, 50,51,52,53,54,55,56,57,58,5c,5f,91,97,98,99,9c,9d,9e,9f,a4,a5,a6,a7,aa,ab,ac,ad,ae,af,c3,c9,d7,f5,f8,f9,fc,fd
  .balign 16
  .globl f\op
  .type f\op, @function
f\op:
  .byte 0x\op
  ret
  .size f\op, . - f\op
.endr
