# A table of 2-byte distances in front of its function: the cases are code, and
# what would change a distance is left alone.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -w -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o
# RUN: %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

#--- f.s
	.text
	.globl z
	.type z,@function
z:	ret
	.size z,.-z
	.p2align 4
tab:	.short 1f-tab, 2f-tab, 3f-tab
	.globl f
	.type f,@function
	.p2align 3
f:	push %rbx
	lea tab(%rip),%rdx
	movslq %edi,%rdi
	movzwl (%rdx,%rdi,2),%eax
	add %rdx,%rax
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
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(int);
int main(){ for(int i=0;i<3;i++) printf("%d\n",f(i));}
