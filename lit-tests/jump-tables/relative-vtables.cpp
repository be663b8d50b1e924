// clang's relative vtables: `.long f@PLT - vtable`, measured from the middle of
// the table. Every function of it can be patched.
// REQUIRES: gcc, clang
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: for part in 1 2; do \
// RUN:   %clangxx -O1 -fPIC -fno-rtti -fno-exceptions -fexperimental-relative-c++-abi-vtables \
// RUN:     -DPART=$part -c %s -o $part.o && \
// RUN:   %hotpad rewrite --entry=nop $part.o -o $part.hot.o && %hotpad check $part.hot.o || exit 1; \
// RUN: done
// RUN: %cxx 1.hot.o 2.hot.o -o new -fuse-ld=lld && ./new
struct Base {
  virtual int one(int);
  virtual int two(int);
  virtual int three(int);
};
struct Derived : Base {
  int two(int) override;
  virtual int four(int);
};
#if PART == 1
int Base::one(int x) { return x + 1; }
int Base::two(int x) { return x * 2; }
int Base::three(int x) { return x * 3; }
int Derived::two(int x) { return x * 20; }
int Derived::four(int x) { return x * 4; }
#else
__attribute__((noinline)) int call(Base *b, int x) { return b->one(x) + 100 * b->two(x) + 10000 * b->three(x); }
__attribute__((noinline)) int callFour(Derived *d, int x) { return d->four(x); }
int main() {
  Base b;
  Derived d;
  if (call(&b, 1) != 2 + 200 + 30000)
    return 1;
  if (call(&d, 1) != 2 + 2000 + 30000)
    return 2;
  return callFour(&d, 5) - 20;
}
#endif
