// -Os puts functions anywhere; afterwards no patch site straddles two 8-byte
// words, wherever the linker puts the section.
// REQUIRES: gcc, clang, bfd
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: %cc -Os -c %s -o gcc.o
// RUN: %clang -Oz -c %s -o clang.o
// RUN: echo ".globl main; main: xor %%eax, %%eax; ret; .section .note.GNU-stack,\"\",@progbits" > odd.s
// RUN: %cc -c odd.s -o odd.o
// RUN: for o in gcc clang; do \
// RUN:   %hotpad rewrite $o.o -o $o.hot.o && \
// RUN:   for l in bfd lld; do \
// RUN:     %cc -no-pie -fuse-ld=$l odd.o $o.hot.o -o $o.$l && ./$o.$l && \
// RUN:     llvm-nm $o.$l | awk '/ f[0-9]+$/ { n++; if ($1 ~ /[7f]$/) bad = 1 } END { exit bad || n != 6 }' || exit 1; \
// RUN:   done; done
int x;
void f1(void) { x += 1; }
void f2(void) { x *= 3; }
__attribute__((cold)) void f3(void) { x = 1; f1(); f2(); f1(); }
__attribute__((cold)) void f4(void) { x -= 77; }
__attribute__((cold)) int f5(int a) { return a ? x / a : 1; }
int f6(int a) { return a * x; }
