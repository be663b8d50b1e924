# Text behind a call, which reads as branches: the callee steps over it.
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
f:	sub $8,%rsp
	call say
	.asciz "tests"
	add $8,%rsp
	ret
	.size f,.-f
	.type g,@function
	.globl g
g:	push %rbx
	pop %rbx
	ret
	.size g,.-g
	.type g2,@function
	.globl g2
g2:	push %rbx
	pop %rbx
	ret
		.fill 200,1,0x90
	.size g2,.-g2
	.type say,@function
say:	mov (%rsp),%rdi
	mov %rdi,%rax
1:	incq %rax
	cmpb $0,-1(%rax)
	jne 1b
	mov %rax,(%rsp)
	sub $8,%rsp
	call puts
	add $8,%rsp
	ret
	.size say,.-say
	.section .text.second,"ax",@progbits
	.globl h
	.type h,@function
h:	push %rbx
	call say2
	.asciz "tests"
	pop %rbx
	cmp $5,%eax
	jg far
	ret
	.size h,.-h
	.type between,@function
between:
	push %rbx
	pop %rbx
	ret
	.fill 200,1,0x90
	.size between,.-between
	.type far,@function
far:	push %rbx
	pop %rbx
	ret
	.size far,.-far
	.type say2,@function
say2:	pop %rdi
	mov %rdi,%rax
1:	incq %rax
	cmpb $0,-1(%rax)
	jne 1b
	push %rax
	sub $8,%rsp
	call puts
	add $8,%rsp
	ret
	.size say2,.-say2
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
void f(void), g(void), h(void);
int main(){ f(); g(); h();}
