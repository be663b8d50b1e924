## Assembly that undoes what it said behind its last `ret` (OCaml's does) has a
## row at the very end of its range. It stays at the end: before the next
## function's pad, and never behind the range.
##
## f grows (a one-byte entry), g does not: both forms of the record.
##
# RUN: rm -rf %t && mkdir %t
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t/a.o
# RUN: %rewrite %t/a.o -o %t/b.o
# RUN: llvm-dwarfdump --eh-frame %t/b.o | FileCheck %s
# RUN: %hotpad check %t/b.o
# RUN: %rewrite --entry=nop %t/b.o -o %t/c.o
# RUN: %hotpad check %t/c.o

# CHECK: FDE {{.*}} pc=00000008...00000014
# CHECK: 0x14: CFA=RSP+16
# CHECK: FDE {{.*}} pc=0000001a...00000023
# CHECK: 0x23: CFA=RSP+16
# CHECK: FDE
	.text
	.globl	f, g, h
	.type	f, @function
f:
	.cfi_startproc
	pushq	%rbx
	popq	%rbx
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	retq
	.cfi_adjust_cfa_offset 8
	.cfi_endproc
	.size	f, .-f
	.type	g, @function
g:
	.cfi_startproc
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	retq
	.cfi_adjust_cfa_offset 8
	.cfi_endproc
	.size	g, .-g
	.type	h, @function
h:
	.cfi_startproc
	movl	$1, %eax
	retq
	.cfi_endproc
	.size	h, .-h
