// .llvm_addrsig holds symbol numbers: they are still the same symbols'.
// REQUIRES: clang
// RUN: %clang -O1 -faddrsig -c %s -o %t.o
// RUN: %rewrite %t.o -o %t.hot.o
// RUN: llvm-readelf --addrsig %t.o | tail -n +2 > %t.txt
// RUN: llvm-readelf --addrsig %t.hot.o | tail -n +2 | diff %t.txt -
static int local(int x) { return x; }
int global(int x) { return x; }
int (*pointers[])(int) = {local, global};
