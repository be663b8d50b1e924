# NOPs that no loop begins behind are not alignment: here a table says how many
# bytes there may be overwritten.
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
	mov %edi,%ebx
661:	mov %ebx,%eax
	nopl 0(%rax)
	nopl 0(%rax,%rax,1)
	nopl 0(%rax,%rax,1)
663:	add $5,%eax
	pop %rbx
	ret
	.size f,.-f
	.section .altinstructions,"a",@progbits
	.globl alt
alt:
	.long 661b - .
	.long 664f - .
	.short 1
	.byte 663b-661b
	.byte 665f-664f
	.section .altinstr_replacement,"ax",@progbits
664:	lea (%rbx,%rbx), %eax
665:
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
#include <string.h>
#include <stdint.h>
#include <sys/mman.h>
extern int32_t alt[]; int f(int);
int main(){ printf("%d\n", f(10));
 unsigned char*o=(unsigned char*)alt+alt[0], *n=(unsigned char*)(alt+1)+alt[1]; unsigned ol=((unsigned char*)alt)[10], nl=((unsigned char*)alt)[11];
 mprotect((void*)((uintptr_t)o&~4095),8192,7);
 memset(o,0x90,ol); memcpy(o,n,nl);
 printf("%d\n", f(10)); }
