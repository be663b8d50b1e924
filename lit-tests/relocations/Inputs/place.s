  .text
  .type before, @function
before:
  ret
  .size before, . - before
  .globl there
  .type there, @function
there:
.Lthere:
  xor %eax, %eax
  lea 1(%rax), %eax
.Llabel:
  ret
  .size there, . - there
  .section .mydata, "aw", @progbits
  .balign 8
  @FORM @PLACE
