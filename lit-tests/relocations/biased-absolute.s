# The same in an absolute operand.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -w -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o
# RUN: %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

#--- f.s
	.text
	.globl f
	.type f,@function
	.p2align 4
f:	movslq %edi,%rdi
	add $2,%rdi
	jmp *tab-16(,%rdi,8)
1:	mov $11,%eax
	ret
2:	mov $22,%eax
	ret
3:	mov $33,%eax
	ret
	.size f,.-f
	.globl m
	.type m,@function
	.p2align 4
m:	push %rbx
	pop %rbx
	ret
	.size m,.-m
	.p2align 3
tab:	.quad 1b,2b,3b
	.globl n
	.type n,@function
n:	ret
	.size n,.-n
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(int);
int main(){ for(int i=0;i<3;i++) printf("%d\n",f(i));}
