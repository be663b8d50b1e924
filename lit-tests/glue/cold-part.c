// A cold part is jumped to, never called: no function, no pad, not listed.
// REQUIRES: gcc
// RUN: %cc -O2 -c %s -o %t.o
// RUN: llvm-nm %t.o | grep f.cold
// RUN: %rewrite %t.o -o %t.hot.o
// RUN: %hotpad check --json %t.hot.o | FileCheck %s
// RUN: llvm-nm -S %t.hot.o | FileCheck %s --check-prefix=SYM
// RUN: %cc %t.hot.o -o %t.out && %t.out

// CHECK: "functions": 2
// CHECK-NEXT: "conforming": 2
// SYM: 0000000000000000 {{.*}} t f.cold

__attribute__((cold, noinline)) extern void perror(const char *);
int f(int x) {
  if (__builtin_expect(x > 100, 0)) {
    perror("no");
    return -1;
  }
  return x + 1;
}
int main(void) { return f(1) - 2; }
