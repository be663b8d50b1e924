# An address 128 bytes behind data that stands beside code: in the middle of other
# code, or behind the end of the section, where no relocation tells it.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -O1 -w -c main.c -o main.o
# RUN: for name in inside outside unrelocated; do \
# RUN:   %cc -c $name.s -o f.o && %hotpad rewrite f.o -o hot.o && \
# RUN:   %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after && \
# RUN:   ./before > before.txt && ./after > after.txt && cmp before.txt after.txt || exit 1; done

#--- inside.s
	.globl f
	.type f,@function
f:	push %rbx
	lea data+128(%rip), %rax
	mov -128(%rax), %eax
	pop %rbx
	ret
	.size f,.-f
	.type g,@function
g:	push %rbx
	pop %rbx
	ret
	.size g,.-g
	.p2align 2
data:	.long 1313
	.type h,@function
h:	push %rbx
	.rept 100
	add $300, %eax
	.endr
	pop %rbx
	ret
	.size h,.-h
	.section .note.GNU-stack,"",@progbits
#--- outside.s
	.globl f
	.type f,@function
f:	push %rbx
	lea data+128(%rip), %rax
	mov -128(%rax), %eax
	pop %rbx
	ret
	.size f,.-f
	.type g,@function
g:	push %rbx
	pop %rbx
	ret
	.size g,.-g
	.p2align 2
data:	.long 1313
	.section .note.GNU-stack,"",@progbits
#--- unrelocated.s
	.globl f
	.type f,@function
f:	push %rbx
	.byte 0x48, 0x8d, 0x05 # lea data+128(%rip), %rax
	.long data + 128 - 1f
1:	mov -128(%rax), %eax
	pop %rbx
	ret
	.size f,.-f
	.type g,@function
g:	push %rbx
	pop %rbx
	ret
	.size g,.-g
	.p2align 2
data:	.long 1313
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(void);
int main(){ printf("%d\n", f()); }
