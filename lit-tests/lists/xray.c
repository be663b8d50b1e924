// XRay's map names sleds; each still begins with its short jump or ret, at an even
// address, and belongs to the function it did.
// REQUIRES: clang
// RUN: for level in -O0 -O2; do for entry in auto nop; do \
// RUN:   %clang $level -fxray-instrument -fxray-instruction-threshold=1 -c %s -o %t.o && \
// RUN:   %hotpad rewrite --entry=$entry %t.o -o %t.hot.o && { [ $entry = nop ] || %hotpad check %t.hot.o; } && \
// RUN:   ld.lld -e main --image-base=0x200000 %t.hot.o -o %t.out && \
// RUN:   llvm-xray extract --symbolize %t.out > %t.yaml && %python %S/Inputs/sleds.py %t.out || exit 1; \
// RUN: done; done
int id(int x) { return x; }
int loop(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++)
    sum += id(i) * sum;
  return sum;
}
int tail(int n) { return n ? loop(n) : 3; }
int main(void) { return tail(5); }
