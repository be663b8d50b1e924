// gcc's entries are one-byte NOPs: C2 is broken (two patches could meet between
// the bytes), and nothing else besides the slots.
// REQUIRES: gcc
// RUN: %cc -O1 -fpatchable-function-entry=8,6 -c %s -o %t.o
// RUN: not %hotpad check %t.o | FileCheck %s
// CHECK: 0/2 functions
// CHECK-NEXT: 2 lack C2
// CHECK-NEXT: 2 lack C4
// CHECK-NOT: C{{[135]}}
int f(int x) { return x; }
int g(int x) { return f(x) + f(x + 1); }
