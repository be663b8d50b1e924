# A function that only a call reveals ends the one before it.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -w -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o
# RUN: %hotpad check hot.o
# RUN: %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

#--- f.s
	.text
	.type f,@function
	.globl f
	.p2align 4
f:	push %rbx
	call g
	pop %rbx
	ret
g:	push %rbx
	mov $3,%ecx
	.p2align 4
1:	dec %ecx
	jnz 1b
	mov $5,%eax
	pop %rbx
	ret
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(void);
int main(){ printf("%d\n",f()); }
