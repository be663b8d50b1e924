# Lists of functions in code, as distances from themselves or from the list.
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
	lea tab(%rip),%rax
	movslq %edi,%rdi
	lea (%rax,%rdi,4),%rax
	movslq (%rax),%rcx
	add %rcx,%rax
	call *%rax
	pop %rbx
	ret
	.size f,.-f
	.globl g
	.type g,@function
	.p2align 4
g:	push %rbx
	lea tab2(%rip),%rax
	movslq %edi,%rdi
	movslq (%rax,%rdi,4),%rcx
	add %rcx,%rax
	call *%rax
	pop %rbx
	ret
	.size g,.-g
	.p2align 2
tab2:	.long c-tab2,b-tab2,a-tab2
tab:	.long a-.,b-.,c-.
	.type a,@function
a:	mov $1,%eax
	ret
	.size a,.-a
	.type b,@function
b:	mov $2,%eax
	ret
	.size b,.-b
	.type c,@function
c:	mov $3,%eax
	ret
	.size c,.-c
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(int), g(int);
int main(){ for(int i=0;i<3;i++) printf("%d %d\n", f(i), g(i));}
