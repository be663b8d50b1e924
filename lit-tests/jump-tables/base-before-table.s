# A switch that begins with 2 is measured from a base two rows before its table,
# where another table may stand, or nothing at all.
# REQUIRES: gcc
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -c f.s -o f.o && %cc -O1 -w -c main.c -o main.o
# RUN: %rewrite f.o -o hot.o
# RUN: %hotpad check hot.o
# RUN: %cc -no-pie f.o main.o -o before && %cc -no-pie hot.o main.o -o after
# RUN: ./before > before.txt && ./after > after.txt && cmp before.txt after.txt

#--- f.s
	.macro select name, table
	.globl \name
	.type \name,@function
	.p2align 4
\name:	lea \table-8(%rip),%rdx
	movslq %edi,%rdi
	movslq 8(%rdx,%rdi,4),%rax
	add %rdx,%rax
	jmp *%rax
	.endm
	.text
	select f, tab
2:	mov $22,%eax
	jmp tail
3:	mov $33,%eax
	ret
1:	xor %eax,%eax
	jmp tail
4:	mov $44,%eax
	imul %eax,%eax
	jmp tail
	.size f,.-f
	.globl m
	.type m,@function
m:	push %rbx
	mov $5,%eax
	pop %rbx
	ret
	.size m,.-m
	select g, tab2
22:	mov $122,%eax
	ret
23:	mov $133,%eax
	jmp tail
21:	mov $111,%eax
	jmp tail
24:	mov $1444,%eax
	ret
	.size g,.-g
	.type tail,@function
tail:	push %rbx
	pop %rbx
	inc %eax
	ret
	.size tail,.-tail
	.section .rodata
	.p2align 2
tab:	.long 1b-(tab-8), 2b-(tab-8), 3b-(tab-8), 4b-(tab-8)
tab2:	.long 21b-(tab2-8), 22b-(tab2-8), 23b-(tab2-8), 24b-(tab2-8)
	.section .note.GNU-stack,"",@progbits
#--- main.c
#include <stdio.h>
int f(int), g(int), m(void);
int main(void) {
  for (int i = 0; i < 4; ++i)
    printf("%d %d\n", f(i), g(i));
  printf("%d\n", m());
}
