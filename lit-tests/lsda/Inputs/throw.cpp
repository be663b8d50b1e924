// Cleanups, catches, rethrows and filters in functions of every length, so that
// call sites cross the limits of their encodings.
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
static int live;
struct Guard {
  int id;
  Guard(int i) : id(i) { ++live; }
  ~Guard() { --live; }
};
__attribute__((noinline)) int maybe(int n) {
  if (n % 7 == 0)
    throw n;
  if (n % 11 == 0)
    throw std::runtime_error("eleven");
  return n;
}
template <int N> __attribute__((noinline)) int sites(int n) {
  volatile int pad = 0;
  Guard a(n);
  int sum = 0;
  try {
    Guard b(n + 1);
    sum += maybe(n);
    if constexpr (N > 0)
      sum += sites<N - 1>(n + 1) & 15;
    for (int i = 0; i < N; i++)
      pad = pad + i;
    Guard c(n + 2);
    sum += maybe(n + 2);
    sum += maybe(n + 3) + maybe(n + 5);
  } catch (int x) {
    Guard d(x);
    sum -= x;
    if (n % 5 == 0)
      throw;
  } catch (const std::exception &e) {
    sum += std::strlen(e.what());
    if (n % 3 == 0)
      throw std::string("replaced");
  }
  return sum + pad;
}
__attribute__((cold, noinline)) void unlikely(int n) {
  Guard g(n);
  maybe(n);
}
__attribute__((noinline)) int withCold(int n) {
  Guard g(n);
  if (__builtin_expect(n > 3, 0)) {
    try {
      unlikely(n);
    } catch (int x) {
      return -x;
    }
  }
  return n;
}
int main() {
  for (int n = 0; n < 50; n++) {
    try {
      std::printf("%d: %d %d\n", n, sites<12>(n), withCold(n));
    } catch (int x) {
      std::printf("%d: int %d\n", n, x);
    } catch (const std::string &s) {
      std::printf("%d: %s\n", n, s.c_str());
    } catch (...) {
      std::printf("%d: other\n", n);
    }
  }
  std::printf("live %d\n", live);
}
