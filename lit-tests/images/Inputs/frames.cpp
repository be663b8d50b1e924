// Calls of many shapes, with a frame pointer in each: recursion, a switch, virtual
// and indirect calls, exceptions through several frames, variable frames.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#define KEEP __attribute__((noinline))

struct Base {
  virtual KEEP int value(int x) const { return x + 1; }
};
struct Derived : Base {
  KEEP int value(int x) const override { return x & 1 ? 3 * x : Base::value(x); }
};
struct Guard {
  int *count;
  KEEP ~Guard() { ++*count; }
};

static int destroyed;

KEEP int cases(int n) {
  switch (n) {
  case 0: return 11;
  case 1: return std::abs(-7);
  case 2: throw n;
  case 3: return 7;
  case 4: throw "four";
  case 5: return -1;
  case 6: return static_cast<int>(std::strlen("seven"));
  default: return n % 10;
  }
}
KEEP int deep(int depth, int what) {
  Guard guard{&destroyed};
  return depth == 0 ? cases(what) : deep(depth - 1, what) + 1;
}
KEEP int guarded(int what) {
  try {
    return deep(5, what);
  } catch (int i) {
    return deep(1, i + 1);
  } catch (const char *) {
    return -deep(2, 0);
  }
}
KEEP int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
KEEP int variable(int n) {
  volatile char *room = static_cast<char *>(__builtin_alloca(n * 16));
  room[n] = static_cast<char>(n);
  return n < 3 ? room[n] : variable(n - 1) + room[n];
}
KEEP int compare(const void *a, const void *b) {
  return *static_cast<const int *>(a) - *static_cast<const int *>(b);
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? std::atoi(argv[1]) : 1;
  long sum = 0;
  for (int round = 0; round < rounds; round++) {
    const Derived derived;
    const Base *object = &derived;
    int (*volatile calls[])(int) = {cases, fib, variable};
    for (int what = 0; what < 9; what++)
      sum += guarded(what) + object->value(what) + calls[what % 2 + 1](what + 4);
    int numbers[40];
    for (int i = 0; i < 40; i++)
      numbers[i] = i * 17 % 41;
    std::qsort(numbers, 40, sizeof *numbers, compare);
    sum += numbers[7];
  }
  std::printf("%ld %d\n", sum, destroyed);
}
