# Entries of many kinds, data between code, code that runs into a function.
.globl a, b, c
  .type a, @function
a: push %rbp
1: decl (%rdi)
  jnz 1b
  jmp c
  .size a, .-a
  .p2align 4
  .type b, @function
b: endbr64
  lea tab(%rip), %rax
  movslq (%rax,%rdi,4), %rcx
  add %rax, %rcx
  jmp *%rcx
2: ret
3: call c
  ret
  .size b, .-b
c: jmp 4f
  .byte 1, 2, 3
4: ret
  .section .rodata
  .p2align 2
tab: .long 2b-tab, 3b-tab

  .text
  .type d, @function
d: nop
  ret
  .size d, .-d
  .type e, @function
e: jmp a                # tail call
  .size e, .-e
  .type h, @function
h: loop h
  ret
  .size h, .-h
  .type i, @function
i: int3
  ret
  .size i, .-i
  .type j, @function
j: xor %eax, %eax
k: jmp j
  .size j, .-j
  .globl l
  .type l, @function
l: cld
  ret
  .size l, .-l
  .type m, @function
m: leave
  .size m, .-m
  .type n, @function
n: ret                  # m falls into n
  .size n, .-n
