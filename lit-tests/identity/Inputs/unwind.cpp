// Exceptions, cleanups, comdat functions, virtual tables.
#include <map>
#include <stdexcept>
#include <string>
struct Guard { ~Guard(); int x; };
int may(int);
inline int twice(int x) { Guard guard; return may(x) + guard.x; }
int caught(int x) {
  Guard guard;
  try {
    return may(x) + twice(x);
  } catch (const Guard &) {
    return -1;
  } catch (int i) {
    return i;
  }
}

template <class T> T largest(T a, T b) { return a < b ? b : a; }
struct Base { virtual ~Base() {} virtual int value() { return 1; } };
struct Derived : Base { int value() override { return largest(2, may(3)); } };
std::map<std::string, int> counts;
int count(const std::string &name) {
  try {
    return counts.at(name) + Derived().value();
  } catch (const std::out_of_range &) {
    static std::string last = name;
    counts[name] = int(last.size());
    throw;
  }
}
