# A switch that measures from its own entry by numbers in data: nothing at the
# entry may grow.
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
f:	push %rbx
	lea f(%rip),%rbx
	lea tab(%rip),%rax
	movslq %edi,%rdi
	movslq (%rax,%rdi,4),%rax
	add %rbx,%rax
	jmp *%rax
1:	mov $11,%eax
	pop %rbx
	ret
2:	mov $22,%eax
	pop %rbx
	ret
3:	mov $33,%eax
	pop %rbx
	ret
	.size f,.-f
	.section .rodata
tab:	.long 1b-f,2b-f,3b-f
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(int);
int main(){ for(int i=0;i<3;i++) printf("%d\n",f(i));}
