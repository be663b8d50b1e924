// An object natively built with -fpatchable-function-entry=8,6 has pads, wide
// entries (clang) and a list; what it lacks is slots.
// REQUIRES: clang
// RUN: %clang -O1 -fpatchable-function-entry=8,6 -c %s -o %t.o
// RUN: not %hotpad check %t.o | FileCheck %s
// CHECK: 0/3 functions
// CHECK-NEXT: 3 lack C4
// CHECK-NOT: C{{[1235]}}
// RUN: echo '.section hotpad_slots,"awR",@nobits; .balign 8; .skip 24' | llvm-mc -filetype=obj -triple=x86_64 - -o %t.slots.o
// RUN: ld.lld -shared %t.o %t.slots.o -o %t.so
// RUN: %hotpad check %t.so
int f(int x) { return x; }
int g(int x) { return f(x) + f(x + 1); }
void h(int *p) { while (f(*p)) ++*p; }
