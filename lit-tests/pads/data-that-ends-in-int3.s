# What data of known size ends with is no padding.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -w -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o
# RUN: %hotpad check hot.o
# RUN: %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

#--- f.s
	.text
	.globl g
	.type g,@function
	.p2align 4
g:	movslq %edi,%rdi
	lea tab(%rip),%rax
	movzbl (%rax,%rdi),%eax
	ret
	.size g,.-g
	.type tab,@object
tab:	.byte 1,2,3,4,5,6,7
	.fill 9,1,0xcc
	.size tab,.-tab
	.globl f
	.type f,@function
f:	push %rbx
	pop %rbx
	ret
	.size f,.-f
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int g(int); void f(void);
int main(){ f(); for(int i=0;i<16;i++) printf("%d ", g(i)); }
