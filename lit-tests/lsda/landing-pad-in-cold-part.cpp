// gcc puts landing pads into the cold part: LPStart is another section then.
// REQUIRES: gcc
// RUN: %cxx -O2 -freorder-blocks-and-partition -c %s -o %t.o
// RUN: llvm-nm %t.o | grep f.*cold
// RUN: for entry in auto nop; do \
// RUN:   %hotpad rewrite --entry=$entry %t.o -o %t.hot.o && %hotpad check %t.hot.o && \
// RUN:   %cxx %t.hot.o -o %t.out && %t.out || exit 1; \
// RUN: done
struct Guard {
  int &count;
  ~Guard() { ++count; }
};
__attribute__((noinline)) void thrower(int n) {
  if (n)
    throw n;
}
__attribute__((noinline)) int f(int n, int &count) {
  Guard guard{count};
  try {
    thrower(n);
  } catch (long) {
    return 1;
  }
  thrower(n * 2);
  return 2;
}
int main() {
  int count = 0, caught = 0;
  for (int i = 0; i < 3; i++)
    try {
      f(i, count);
    } catch (int x) {
      caught += x;
    }
  return count == 3 && caught == 3 ? 0 : 1;
}
