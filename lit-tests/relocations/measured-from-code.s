# Data that is measured from a place in the code, with a function between.
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
f:	call 1f
1:	pop %rax
	mov 2f-1b(%rax), %eax
	ret
	.size f,.-f
	.globl g
	.type g,@function
g:	push %rbx
	pop %rbx
	ret
	.size g,.-g
	.p2align 4
2:	.long 42
	.section .text.second,"ax",@progbits
	.globl h
	.type h,@function
	.p2align 4
h:	push %rbx
	lea h(%rip), %rbx
	mov number-h(%rbx), %eax
	pop %rbx
	ret
	.size h,.-h
	.type k,@function
k:	push %rbx
	pop %rbx
	ret
	.size k,.-k
	.p2align 4
number:	.long 43
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(void), h(void);
int main(){ printf("%d %d\n", f(), h()); }
