// Resolvers and what they select are functions like others.
// REQUIRES: gcc
// RUN: %cc -O2 -c %s -o %t.o
// RUN: %rewrite %t.o -o %t.hot.o
// RUN: %hotpad check %t.hot.o
// RUN: %cc %t.hot.o -o %t.out && %t.out
// RUN: %cc -static %t.hot.o -o %t.static -fuse-ld=lld && %t.static
// RUN: %cc -fPIC -O2 -c %s -o %t.pic.o
// RUN: %rewrite %t.pic.o -o %t.pic.hot.o
// RUN: %cc -shared %t.pic.hot.o -o %t.so && %cc %t.so -o %t.dyn && %t.dyn

static int one(int x) { return x + 1; }
static int two(int x) { return x + 2; }
int zero;
static int (*resolve(void))(int) { return zero ? one : two; }
int add(int) __attribute__((ifunc("resolve")));
int main(void) { return add(40) - 42; }
