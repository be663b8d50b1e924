## Rows of a jump table that are never taken name the end of the function, which
## is where the padding before the next one begins: padding it stays.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: %hotpad check %t.hot.o
# RUN: %rewrite %t.hot.o -o %t.twice.o
# RUN: cmp %t.hot.o %t.twice.o

	.text
	.globl f
	.p2align 4
	.type f,@function
f:
	leaq .Lt(%rip), %rax
	movslq (%rax,%rdi,4), %rcx
	addq %rax, %rcx
	jmpq *%rcx
.L1:	movl $1, %eax
	retq
.L3:	movl $3, %eax
	retq
.Lunreachable:
	.size f, .-f
	.p2align 4
	.globl g
	.type g,@function
g:	pushq %rbx
	popq %rbx
	retq
	.size g, .-g
	.section .rodata
	.p2align 2
.Lt:	.long .L1-.Lt
	.long .Lunreachable-.Lt
	.long .L3-.Lt
	.long .Lunreachable-.Lt
