# A function of a stripped image that unwinding information does not know (here
# `bare`) has no size. What is known to begin behind it does not belong to it, in
# the rewritten image as in the original.
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o a.o && %lld --strip-all --eh-frame-hdr a.o -o image
# RUN: %hotpad rewrite --json=report.json image -o hot
# RUN: %python -c "import json; f = json.load(open('report.json'))['files'][0]; print(f['functions'], f['patchable'])" | FileCheck %s
# CHECK: 5 5
# RUN: %hotpad check hot
# RUN: code=0; ./image || code=$?; test $code = 42
# RUN: code=0; ./hot || code=$?; test $code = 42

        .text
        .globl _start
        .p2align 4
        .cfi_startproc
_start: movl $1, %edi
        callq bare
        callq framed
        callq last
        movl %eax, %edi
        movl $60, %eax
        syscall
        ud2
        .cfi_endproc

        .p2align 6
bare:   movl $2, %eax
        leal (%rax,%rdi), %eax
        retq

        .p2align 6
framed: .cfi_startproc
        pushq %rbx
        .cfi_adjust_cfa_offset 8
        cmpl $3, %eax
        jne 1f
        movl $21, %eax
        popq %rbx
        retq
1:      callq stop
        .cfi_endproc

        .p2align 6
last:   .cfi_startproc
        addl %eax, %eax
        retq
        .cfi_endproc

        .p2align 6
stop:   .cfi_startproc
        movl $60, %eax
        syscall
        .cfi_endproc
