## 32-bit code that holds an address as a number, and adds to it or subtracts from
## it what the assembler has made of a distance, or copies as many bytes as a
## function has.
# REQUIRES: gcc, lib32-c, runs32
# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %cc -m32 -c f.s -o f.o && %cc -m32 -O1 -c main.c -o main.o
# RUN: %hotpad rewrite f.o -o hot.o 2>&1 | FileCheck %s
# RUN: for kind in "f.o before" "hot.o after"; do set -- $kind && \
# RUN:   %cc -m32 -no-pie -Wl,-z,noexecstack $1 main.o -o $2 && ./$2 > $2.txt || exit 1; done
# RUN: cmp before.txt after.txt
# CHECK: 5/12 functions hot-patchable
# CHECK: 7 skipped: hidden-reference

#--- f.s
.macro F name
  .globl \name
  .type \name, @function
\name:
.endm
.macro END name
  .size \name, . - \name
.endm
.macro PUSHES name, value
F \name
  push %ebp
  mov $\value, %eax
  pop %ebp
  ret
END \name
.endm
  .section .text.sum, "ax", @progbits
F sum
  push %ebx
  mov $sum, %eax
  add $sumTarget - sum, %eax
  call *%eax
  pop %ebx
  ret
END sum
PUSHES sumTarget, 6
  .section .text.difference, "ax", @progbits
F difference
  push %ebx
  lea differenceBase, %edx
  sub $differenceBase - differenceTarget, %edx
  call *%edx
  pop %ebx
  ret
END difference
PUSHES differenceTarget, 14
PUSHES differenceBase, 15
  .section .text.indexed, "ax", @progbits
F indexed
  push %ebx
  mov 8(%esp), %ecx
  mov $indexedBase, %ebx
  mov table - indexedBase(%ebx,%ecx,4), %eax
  pop %ebx
  ret
END indexed
PUSHES indexedBase, 1
PUSHES indexedBetween, 2
table:
  .long 11, 12, 13, 14
PUSHES indexedLast, 3
  .section .text.copied, "ax", @progbits
F copies
  push %esi
  push %edi
  mov $copied, %esi
  mov $room, %edi
  mov $copiedEnd - copied, %ecx
  rep movsb
  mov $room, %eax
  call *%eax
  pop %edi
  pop %esi
  ret
END copies
PUSHES copied, 42
copiedEnd:
  .text
PUSHES plain, 8
  .section .room, "awx", @progbits
room:
  .skip 64
  .section .note.GNU-stack, "", @progbits
#--- main.c
#include <stdio.h>
int sum(void), difference(void), indexed(int), copies(void), plain(void);
int main(void) {
  printf("%d %d %d %d %d\n", sum(), difference(), indexed(2), copies(),
         plain());
  return 0;
}
