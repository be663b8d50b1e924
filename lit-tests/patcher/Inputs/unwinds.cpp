// For each line of standard input: exceptions of several kinds, through frames with
// destructors, caught, rethrown and thrown anew, by several threads.
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
static thread_local int open;
struct Guard {
  Guard() { ++open; }
  ~Guard() { --open; }
};
struct Base {
  virtual ~Base() = default;
  virtual int value(int n) = 0;
};
struct Deep : Base {
  __attribute__((noinline)) int value(int n) override {
    Guard guard;
    std::string text(n, 'x');
    if (n == 0)
      throw std::out_of_range("deep");
    return int(text.size()) + value(n - 1);
  }
};
struct Shallow : Base {
  __attribute__((noinline)) int value(int n) override {
    Guard guard;
    if (n % 3 == 0)
      throw n;
    return n;
  }
};
__attribute__((noinline)) std::string tried(Base &base, int n) {
  Guard guard;
  try {
    try {
      return std::to_string(base.value(n));
    } catch (const std::exception &) {
      Guard inner;
      throw;
    }
  } catch (const std::out_of_range &error) {
    try {
      throw std::runtime_error(std::string("after ") + error.what());
    } catch (const std::runtime_error &again) {
      return again.what();
    }
  } catch (int number) {
    return "int " + std::to_string(number);
  }
}
static void job(std::map<std::string, int> &seen) {
  std::vector<std::unique_ptr<Base>> all;
  all.push_back(std::make_unique<Deep>());
  all.push_back(std::make_unique<Shallow>());
  std::function<std::string(Base &, int)> call = tried;
  for (int round = 0; round < 300; ++round)
    for (auto &base : all)
      ++seen[call(*base, round % 40)];
  seen["open"] = open;
}
int main() {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    std::map<std::string, int> seen[3];
    std::vector<std::thread> threads;
    for (auto &one : seen)
      threads.emplace_back([&one] { job(one); });
    for (auto &thread : threads)
      thread.join();
    for (auto &one : seen)
      for (auto &[text, count] : one)
        printf("%s: %d\n", text.c_str(), count);
    puts("done");
    fflush(stdout);
  }
}
