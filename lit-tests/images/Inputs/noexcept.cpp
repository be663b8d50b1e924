// Functions that let no exception out: an exception that reaches one ends the
// program by way of the terminate handler, which the tables of the frames decide.
// Each case runs in a process of its own; prints how it ended.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

struct Noisy {
  const char *name;
  ~Noisy() { std::printf("~%s ", name), std::fflush(stdout); }
};
struct Movable {
  std::unique_ptr<int> value;
  explicit Movable(int i) : value(new int(i)) {}
  Movable(Movable &&other) noexcept : value(std::move(other.value)) {}
  Movable &operator=(Movable &&other) noexcept {
    value = std::move(other.value);
    return *this;
  }
};
struct Throwing {
  bool armed;
  ~Throwing() noexcept(false) {
    if (armed)
      throw std::runtime_error("destructor");
  }
};

__attribute__((noinline)) int thrower(int n) {
  Noisy noisy{"thrower"};
  if (n > 2)
    throw std::out_of_range(std::to_string(n));
  return n;
}
__attribute__((noinline)) int quiet(int n) noexcept {
  Noisy noisy{"quiet"};
  return thrower(n) + 1;
}
__attribute__((noinline)) int caught(int n) noexcept {
  try {
    return thrower(n) + 2;
  } catch (const std::exception &e) {
    std::printf("caught %s %d ", e.what(), std::uncaught_exceptions());
    return -1;
  }
}
__attribute__((noinline)) int destroys(bool first) {
  try {
    Throwing throwing{true};
    if (first)
      throw 1;
    return 2;
  } catch (const std::exception &e) {
    std::printf("%s ", e.what());
  } catch (int i) {
    return i;
  }
  return 3;
}
int moves(int count) noexcept {
  std::vector<Movable> all;
  for (int i = 0; i < count; i++)
    all.emplace_back(i);
  for (int i = 1; i < count; i++)
    std::swap(all[i], all[i * 7 % count]);
  int sum = 0;
  for (auto &each : all)
    sum = sum * 3 % 10007 + *each.value;
  return sum;
}

int run(int which) {
  int (*volatile call)(int) noexcept = which & 1 ? caught : quiet;
  switch (which) {
  case 0: case 1: return call(2);
  case 2: case 3: return call(5);
  case 4: return destroys(false);
  case 5: return destroys(true); // two at a time
  case 6: return moves(500) % 100;
  case 7: throw 7;
  case 8: noexcept(quiet(1)) ? std::puts("promised") : 0; return 0;
  default: return 9;
  }
}

int main() {
  for (int which = 0; which < 10; which++) {
    std::printf("%d: ", which), std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      std::set_terminate([] {
        try {
          if (auto current = std::current_exception())
            std::rethrow_exception(current);
        } catch (const std::exception &e) {
          std::printf("terminated by %s ", e.what());
        } catch (...) {
          std::printf("terminated ");
        }
        std::fflush(stdout);
        _exit(100);
      });
      int result = run(which);
      std::fflush(stdout);
      _exit(result);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::printf("status %d\n", status);
  }
}
