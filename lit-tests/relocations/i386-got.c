// GOT32X: the linkers rewrite the instruction, which must still be the one they
// know.
// REQUIRES: gcc, clang, bfd, lib32-c, runs32
// RUN: for cc in %cc %clang; do \
// RUN:   $cc -m32 -O2 -fPIC -fno-plt -c %s -o %t.o && llvm-readelf -r %t.o | grep GOT32X > %t.txt && \
// RUN:   %hotpad rewrite %t.o -o %t.hot.o && %hotpad check --quiet %t.hot.o && \
// RUN:   %cc -m32 -fuse-ld=lld -no-pie %t.hot.o -o %t.exe && %t.exe && \
// RUN:   %cc -m32 -fuse-ld=lld -pie %t.hot.o -o %t.pie && %t.pie && \
// RUN:   %cc -m32 -fuse-ld=bfd -pie %t.hot.o -o %t.bfd && %t.bfd && \
// RUN:   %cc -m32 -fuse-ld=lld -Wl,--no-relax %t.hot.o -o %t.got && %t.got || exit 1; \
// RUN: done
int variable = 5;
__attribute__((noinline)) int function(int x) { return x + variable; }
int (*pointer(void))(int) { return function; }
int compare(int x) { return x == variable; }
int main(void) { return pointer()(function(1)) - 11 + !compare(5); }
