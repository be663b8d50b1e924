// GOTPCRELX and REX_GOTPCRELX: LLD rewrites the instruction, which must still be
// the one it knows.
// REQUIRES: gcc, clang, bfd
// RUN: for cc in %cc %clang; do \
// RUN:   $cc -O2 -fPIC -fno-plt -c %s -o %t.o && llvm-readelf -r %t.o | grep GOTPCRELX > %t.txt && \
// RUN:   %hotpad rewrite %t.o -o %t.hot.o && %hotpad check --quiet %t.hot.o && \
// RUN:   %cc -fuse-ld=lld -no-pie %t.hot.o -o %t.exe && %t.exe && \
// RUN:   %cc -fuse-ld=lld -pie %t.hot.o -o %t.pie && %t.pie && \
// RUN:   %cc -fuse-ld=bfd -pie %t.hot.o -o %t.bfd && %t.bfd && \
// RUN:   %cc -fuse-ld=lld -Wl,--no-relax %t.hot.o -o %t.got && %t.got || exit 1; \
// RUN: done
int variable = 5;
__attribute__((noinline)) int function(int x) { return x + variable; }
int (*pointer(void))(int) { return function; }
int compare(int x) { return x == variable; }
int main(void) { return pointer()(function(1)) - 11 + !compare(5); }
