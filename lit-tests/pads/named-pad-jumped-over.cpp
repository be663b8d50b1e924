// clang lets code behind a throw jump to the end of its function, where the next
// one's patchable area begins: the NOPs, which a list names, are jumped over.
// REQUIRES: clang
// RUN: %clangxx -O0 -fPIC -fpatchable-function-entry=2,2 -c %s -o %t.o
// RUN: %rewrite %t.o -o %t.hot.o
// RUN: %hotpad check %t.hot.o
// RUN: llvm-objdump -d %t.hot.o | FileCheck %s
// CHECK: jmp {{.*}} <_Z1ui>
// CHECK: nop
// CHECK-NEXT: nop
// CHECK-EMPTY:
// CHECK-NEXT: <_Z1ui>:

struct D {
  ~D();
};
int t(int k) {
  D d;
  if (k == 1)
    throw 42;
  if (k == 2)
    throw 3.5;
  return k;
}
int u(int k) { return k; }
