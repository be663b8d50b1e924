# An untyped label that only a jump leads to is no function; what it jumps to by
# way of a table is code all the same.
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
f:	push %rbx
	movslq %edi,%rdi
	cmp $3,%edi
	jb select
	pop %rbx
	ret
	.size f,.-f
select:	lea tab(%rip),%rdx
	movslq (%rdx,%rdi,4),%rax
	add %rdx,%rax
	jmp *%rax
1:	mov $11,%eax
	jmp tail
2:	mov $22,%eax
	pop %rbx
	ret
3:	mov $33,%eax
	jmp tail
	.globl tail
	.type tail,@function
tail:	pop %rcx
	mov %rcx,%rbx
	add $1,%eax
	ret
	.size tail,.-tail
	.section .rodata
	.p2align 2
tab:	.long 1b-tab,2b-tab,3b-tab
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(int);
int main(){ for(int i=0;i<3;i++) printf("%d\n",f(i));}
