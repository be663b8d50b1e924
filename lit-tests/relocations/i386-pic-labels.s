## Code that measures from a return address: the assembler has put the distance
## in, and only following the register shows that it is one. Where the register
## cannot be followed, nothing in the section moves.
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=i386 followed.s -o followed.o
# RUN: llvm-objdump -d followed.o | FileCheck %s --check-prefix=OLD
# RUN: %rewrite followed.o -o hot.o
# RUN: (llvm-readelf -s hot.o && llvm-objdump -d hot.o) | FileCheck %s
# RUN: %hotpad check hot.o

# OLD: leal 0xe(%ecx), %eax
# OLD: addl $0xffffffed, %edx
# CHECK: [[#%x,FROM:]] {{.*}} from
# CHECK: [[#%x,TO:]] {{.*}} to
# CHECK: leal 0x[[#%x,TO-FROM]](%ecx), %eax
# CHECK: addl $0x[[#%x,FROM-TO-5+0x100000000]], %edx

# RUN: for name in copied stored returned computed; do \
# RUN:   llvm-mc -filetype=obj -triple=i386 $name.s -o $name.o && \
# RUN:   %hotpad rewrite $name.o -o out.o 2> log && FileCheck %s --check-prefix=LOST < log && \
# RUN:   cmp $name.o out.o || exit 1; \
# RUN: done
# LOST: 0/2 functions hot-patchable
# LOST: 2 skipped: hidden-reference

## A call of the next function, which never returns, asks for no address.
# RUN: llvm-mc -filetype=obj -triple=i386 next.s -o next.o
# RUN: %rewrite next.o -o out.o
# RUN: %hotpad check out.o

#--- next.s
  .type f, @function
f:
  push %ebx
  call g
  .size f, . - f
  .type g, @function
g:
  push %ebx
  hlt
  .size g, . - g
#--- followed.s
  .type f, @function
f:
  call from
from:
  pop %ecx
  test %eax, %eax
  je 1f
  xor %ebx, %ebx
1:
  {disp32} lea to - from(%ecx), %eax
  ret
  .size f, . - f
  .type to, @function
to:
  call 2f
2:
  pop %edx
  .byte 0x81, 0xc2             # add $from - 2b, %edx
  .long from - 2b
  ret
  .size to, . - to
#--- copied.s
  .type f, @function
f:
  push %ebx
  call 1f
1:
  pop %ecx
  mov %ecx, %ebx
  lea 1f - 1b(%ebx), %eax
  pop %ebx
  ret
  .size f, . - f
1:
  .type g, @function
g:
  push %ebx
  ret
  .size g, . - g
#--- stored.s
  .type f, @function
f:
  push %ebx
  call 1f
1:
  addl $g - 1b, (%esp)
  ret
  .size f, . - f
  .type g, @function
g:
  push %ebx
  ret
  .size g, . - g
#--- returned.s
  .type f, @function
f:
  push %ebx
  call 1f
1:
  pop %eax
  pop %ebx
  ret
  .size f, . - f
  .type g, @function
g:
  push %ebx
  ret
  .size g, . - g
#--- computed.s
  .type f, @function
f:
  push %ebx
  call g
  lea 5(%eax), %eax
  ret
  .size f, . - f
  .type g, @function
g:
  add (%esp), %eax
  ret
  .size g, . - g
