  .globl f, e1, e2
  .type f, @function
f:
  push %rbx
  call e1
  lea e2+3(%rip), %rax
  cmpb $1, word(%rip)
  jne e2
  pop %rbx
  ret
  .size f, . - f
  .section .text.other, "ax", @progbits
  .type e1, @function
e1:
  ret
  .size e1, . - e1
  .type e2, @function
e2:
  push %rcx
  jmp e1
  .size e2, . - e2
  .data
word:
  .quad f + 1
  .quad e2
