// .note.gnu.property (IBT, shadow stack) goes through unchanged.
// REQUIRES: gcc
// RUN: %cc -O1 -fcf-protection -c %s -o %t.o
// RUN: %rewrite %t.o -o %t.hot.o
// RUN: llvm-readelf -n %t.hot.o | FileCheck %s
// CHECK: x86 feature: IBT, SHSTK
int f(void) { return 1; }
