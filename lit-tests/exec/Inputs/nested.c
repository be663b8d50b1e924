// Functions inside functions, of GNU C: to pass their address, gcc writes code
// to the stack (x86/Trampolines.cpp). In a frame of this size what it adds to
// their address leads to some other function, or out of the section.
#include <stdio.h>
int one(int k) { return k + 1; }
__attribute__((noinline)) int apply(int (*f)(int), int k) { return f(k); }
__attribute__((noinline)) int outer(int k, int n) {
  char room[600];
  int inner(int j) { return j * k + n; }
  int other(int j) { return j - k * n; }
  sprintf(room, "%d", n);
  return apply(inner, k) + apply(other, n) + room[0];
}
int many(int a, int b, int c) {
  int (*g)(int) = one;
  return g(a) + b * c;
}
int two(int k) {
  if (k == 1)
    return 7;
  return many(k, k, k) + two(k - 1);
}
int main(void) {
  int s = 0;
  for (int i = 0; i < 10; i++)
    s = s * 3 + outer(i, i + 2) + two(i + 1);
  printf("%d\n", s);
  return 0;
}
