// Each line is answered by where its exception was caught.
#include <cstdio>
#include <stdexcept>
#include <string>
static int depth;
struct Guard {
  Guard() { ++depth; }
  ~Guard() { --depth; }
};
__attribute__((noinline)) void inner(const std::string &line) {
  Guard guard;
  if (line == "throw")
    throw std::runtime_error("inner");
}
__attribute__((noinline)) std::string middle(const std::string &line) {
  Guard guard;
#ifdef FIXED
  try {
    inner(line);
    if (line == "more")
      throw std::logic_error("middle");
  } catch (const std::runtime_error &error) {
    return std::string("fixed: ") + error.what();
  }
#else
  inner(line);
#endif
  return "none";
}
int main() {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    std::string text(line);
    text.pop_back();
    try {
      text = middle(text);
    } catch (const std::exception &error) {
      text = std::string("main: ") + error.what();
    }
    printf("%s %d\n", text.c_str(), depth);
    fflush(stdout);
  }
}
