// Returns that are hardened against load value injection take the return address off
// the stack and jump there. (The fifth function is the compiler's thunk for calls.)
// REQUIRES: clang
// RUN: %clang --target=x86_64-linux-gnu -O1 -mlvi-hardening -c %s -o %t.o
// RUN: llvm-objdump -d --no-show-raw-insn %t.o | FileCheck %s --check-prefix=CODE
// CODE:      popq %rcx
// CODE-NEXT: lfence
// CODE-NEXT: jmpq *%rcx
// RUN: %rewrite %t.o -o %t.hot.o 2>&1 | FileCheck %s
// CHECK: 5/5 functions hot-patchable
// RUN: %{tools}/twice.sh %hotpad %t.o

int other(int);
__attribute__((noinline)) void empty(void) {}
__attribute__((noinline)) int twice(int x) { return 2 * x; }
__attribute__((noinline)) int call(int x) {
  empty();
  return other(x) + twice(x);
}
int start(int x) { return call(x) + twice(x + 1); }
