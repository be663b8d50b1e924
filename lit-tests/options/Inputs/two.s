  .globl f
  .type f, @function
f:
  push %rbx
  pop %rbx
  ret
  .size f, . - f
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
