// A caller reads the type's hash directly before the function: such a function
// gets no pad, others do, and the checks still pass.
// REQUIRES: clang
// RUN: %clang -O1 -fsanitize=kcfi -c %s -o %t.o
// RUN: %rewrite %t.o -o %t.hot.o
// RUN: %clang %t.hot.o -o %t.out && %t.out
// RUN: llvm-objdump -d %t.hot.o | FileCheck %s

// CHECK-LABEL: <__cfi_taken>:
// CHECK: b8 {{.*}} movl
// CHECK-EMPTY:
// CHECK-NEXT: <taken>:

__attribute__((noinline)) int taken(int x) { return x + 1; }
__attribute__((noinline)) static int other(int x) { return x * 3; }
int (*volatile pointer)(int) = taken;
int main(void) { return pointer(other(3)) - 10; }
