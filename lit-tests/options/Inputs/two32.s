  .globl f
  .type f, @function
f:
  push %ebx
  pop %ebx
  ret
  .size f, . - f
  .type g, @function
g:
  xor %eax, %eax
  ret
  .size g, . - g
