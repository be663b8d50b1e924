// The second C++ unit: functions that throw, catch and clean up. See
// classes.cpp.
#include "classes.h"
#include <exception>

// Cleanups of several depths, a throw that GCC moves to the cold half.
int riskyCleanup(int n) {
  Noted a("a");
  if (n == 1)
    throw Failed(n);
  Noted b("b");
  std::vector<Noted> v(n % 3, b);
  if (n == 2)
    throw n;
  for (int i = 0; i < n; i++) {
    Noted c("c");
    if (i == 3)
      throw "three";
  }
  return n;
}

// Several handlers, a filter, a rethrow out of a handler.
int filter(int n) {
  try {
    return riskyCleanup(n);
  } catch (const Failed &f) {
    return f.code + 1000;
  } catch (int i) {
    if (i == 2)
      throw;
    return i;
  } catch (const char *) {
    return 3;
  }
}

std::string nestedThrow(int depth) {
  try {
    if (depth == 0)
      throw Failed(7);
    return nestedThrow(depth - 1) + "!";
  } catch (const Failed &f) {
    try {
      if (depth % 2)
        throw std::string("inner");
      if (depth > 4)
        return f.what();
      throw;
    } catch (const std::string &s) {
      std::exception_ptr p = std::current_exception();
      try {
        std::rethrow_exception(p);
      } catch (std::string &again) {
        if (&again != &s)
          trace += "copied";
      }
      throw Failed(f.code * 2);
    }
  }
}

int throughNoexcept(int n) noexcept {
  try {
    return callBack([](int i) -> int { throw Failed(i); }, n);
  } catch (const Failed &f) {
    return f.code * 3;
  }
}

int callBack(int (*f)(int), int n) {
  Noted guard("callback");
  return f(n) + 1;
}

int counterThere() { return counter(); }
CounterAddress counterAddress() { return counter; }

static thread_local Noted perThread("thread");
std::string threadName(int n) {
  thread_local std::string name = "local";
  return perThread.name + name.substr(0, n);
}
