# The first row of a table is a row like the others, also where functions have no
# size and nothing else leads to it.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -w -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o
# RUN: %hotpad check hot.o
# RUN: %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

#--- f.s
	.text
	.globl f
	.type f,@function
	.p2align 4
f:	lea tab(%rip),%rdx
	movslq %edi,%rdi
	movslq (%rdx,%rdi,4),%rax
	add %rdx,%rax
	jmp *%rax
1:	mov $11,%eax
	jmp tail
2:	mov $22,%eax
	ret
3:	mov $33,%eax
	ret
	.globl m
	.type m,@function
m:	push %rbx
	pop %rbx
	ret
	.type tail,@function
tail:	add $1,%eax
	ret
	.section .rodata
	.p2align 2
tab:	.long 1b-tab,2b-tab,3b-tab
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(int);
int main(){ for(int i=0;i<3;i++) printf("%d\n",f(i));}
