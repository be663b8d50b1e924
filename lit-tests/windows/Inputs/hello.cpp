// Exceptions and destructors, arguments, an exit status.
#include <cstdio>
#include <stdexcept>

struct Guard {
  ~Guard() { std::puts("unwound"); }
};

static void fail(const char *what) {
  Guard guard;
  throw std::runtime_error(what);
}

int main(int count, char **arguments) {
  try {
    fail(count > 1 ? arguments[1] : "nothing");
  } catch (const std::exception &error) {
    std::printf("caught %s, %d bits\n", error.what(), int(sizeof(void *)) * 8);
  }
  std::fprintf(stderr, "to stderr\n");
  return 7;
}
