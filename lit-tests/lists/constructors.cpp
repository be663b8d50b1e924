// .init_array, .fini_array and priorities.
// REQUIRES: gcc, clang
// RUN: for cc in %cxx %clangxx; do \
// RUN:   $cc -O1 -c %s -o %t.o && %hotpad rewrite --entry=nop %t.o -o %t.hot.o && \
// RUN:   %hotpad check --quiet %t.hot.o && %cxx %t.hot.o -o %t.out && %t.out | FileCheck %s || exit 1; \
// RUN: done
#include <cstdio>
// CHECK: first
// CHECK-NEXT: second
// CHECK-NEXT: object
// CHECK-NEXT: main
// CHECK-NEXT: gone
// CHECK-NEXT: last
__attribute__((constructor(200))) static void second() { std::puts("second"); }
__attribute__((constructor(101))) static void first() { std::puts("first"); }
__attribute__((destructor)) static void last() { std::puts("last"); }
struct Object {
  Object() { std::puts("object"); }
  ~Object() { std::puts("gone"); }
} object;
int main() { std::puts("main"); }
