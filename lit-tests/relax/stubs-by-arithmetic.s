# Stubs that nothing in the file leads to: their jumps keep their distances, or
# nothing between is changed.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -w -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o
# RUN: %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

#--- f.s
	.text
	.globl stubs
	.type stubs,@function
	.p2align 4
stubs:
	i = 0
	.rept 8
	push $i
	jmp common
	.fill stubs + (i+1)*8 - ., 1, 0xcc
	i = i + 1
	.endr
	.size stubs, .-stubs
	.type other,@function
	.globl other
	.p2align 4
other:	mov $99, %eax
	ret
	.size other,.-other
	.type common,@function
	.p2align 4
common:
	push %rbx
	pop %rbx
	pop %rax
	ret
	.size common,.-common
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
extern char stubs[]; int other(void);
int main(){ printf("%d\n",other()); for(int i=0;i<8;i++){ int (*f)(void)=(int(*)(void))(stubs+8*i); printf("%d\n", f()); } }
