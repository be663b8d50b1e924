# An address 24 bytes before a table, in the middle of other code: the table is
# meant.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -w -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o
# RUN: %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

#--- f.s
	.text
	.globl a
	.type a,@function
	.p2align 4
a:	ret
	.size a,.-a
	.globl f
	.type f,@function
	.p2align 4
f:	lea tab-24(%rip), %rax
	movslq %edi,%rdi
	mov 24(%rax,%rdi,4), %eax
	ret
	.size f,.-f
	.globl m
	.type m,@function
	.p2align 4
m:	push %rbx
	pop %rbx
	ret
	.size m,.-m
	.p2align 4
	.type tab,@object
tab:	.long 1,2,3,4
	.size tab,.-tab
	.globl n
	.type n,@function
n:	ret
	.size n,.-n
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(int);
int main(){ for(int i=0;i<4;i++) printf("%d\n", f(i)); }
