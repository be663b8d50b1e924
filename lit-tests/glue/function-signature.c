// -fsanitize=function: eight bytes before each function say its type, and callers
// read them.
// REQUIRES: clang
// RUN: %clang -O1 -fsanitize=function -fsanitize-trap=function -c %s -o %t.o
// RUN: %rewrite %t.o -o %t.hot.o
// RUN: %clang %t.hot.o -o %t.out && %t.out
// RUN: not %hotpad check %t.hot.o | FileCheck %s

// CHECK: lacks C1

__attribute__((noinline)) int taken(int x) { return x + 1; }
int (*volatile pointer)(int) = taken;
int main(void) { return pointer(1) - 2; }
