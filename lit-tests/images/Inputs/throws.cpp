// Exceptions through all kinds of frames, switches, tail calls, thread-locals,
// function pointers; prints what happened.
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct Noisy {
  int id;
  explicit Noisy(int i) : id(i) {}
  ~Noisy() { std::printf("~%d ", id); }
};
struct Base {
  virtual ~Base() = default;
  virtual int value(int x) const { return x; }
};
struct Derived : Base {
  int value(int x) const override { return 3 * x; }
};

thread_local int perThread = 5;

__attribute__((noinline)) int cases(int n) {
  switch (n) {
  case 0: return 11;
  case 1: throw std::out_of_range("one");
  case 2: return perThread++;
  case 3: return 7;
  case 4: throw 42;
  case 5: return -1;
  case 6: return static_cast<int>(std::to_string(n * 1001).size());
  case 7: throw std::string("seven");
  default: return n % 10;
  }
}
__attribute__((noinline)) int deep(int n, int what) {
  Noisy noisy(n);
  return n == 0 ? cases(what) : deep(n - 1, what) + 1;
}
__attribute__((noinline)) int guarded(int what) {
  try {
    return deep(3, what);
  } catch (const std::exception &e) {
    std::printf("[%s] ", e.what());
    throw;
  } catch (int i) {
    return i;
  }
}
int main() {
  for (int what = 0; what < 9; what++) {
    try {
      std::printf("%d: %d\n", what, guarded(what));
    } catch (std::exception &e) {
      std::printf("%d: again %s\n", what, e.what());
    } catch (...) {
      std::printf("%d: else\n", what);
    }
  }
  std::vector<int (*)(int)> calls = {cases, [](int x) { return x * x; }};
  std::map<std::string, Base *> objects = {{"b", new Base}, {"d", new Derived}};
  int sum = 0;
  for (auto call : calls)
    sum += call(3);
  for (auto &[name, object] : objects)
    sum += object->value(sum), delete object;
  std::printf("%d %d\n", sum, calls[0] == cases);
  int seen = 0;
  std::thread([&] {
    try {
      cases(4);
    } catch (int i) {
      seen = i + perThread;
    }
  }).join();
  std::printf("%d %d\n", seen, perThread);
}
