// Every kind of code a C++ compiler adds: exceptions with cleanups in COMDAT
// and cold functions, virtual calls and their thunks, templates in two units,
// local statics with guards, thread_local objects, global constructors,
// lambdas.
#include "classes.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>

static Noted global("global");
struct AtExit {
  ~AtExit() { std::printf("exit\n"); }
} atExit;

// Member initialisation that fails half way.
struct Parts {
  Noted first{"first"}, second;
  Parts(int n) try : second("second") {
    if (n)
      throw n;
  } catch (int i) {
    trace += "parts";
    throw Failed(i);
  }
};

static int compareThrows(const void *a, const void *b) {
#if !defined(_WIN32) || defined(_WIN64) // frames of msvcrt.dll do not unwind
  if (*static_cast<const int *>(a) == 9)
    throw Failed(9);
#endif
  return *static_cast<const int *>(a) - *static_cast<const int *>(b);
}

static long dispatch(int n) { // A jump table among landing pads.
  Noted d("d");
  switch (n) {
  case 0:
    return 5;
  case 1:
    return filter(1);
  case 2:
    return filter(2);
  case 3:
    return throughNoexcept(n);
  case 4:
    throw Failed(44);
  case 5:
    return static_cast<long>(nestedThrow(0).size());
  case 6:
    return counter();
  case 7:
    return power(3L, n);
  case 8:
    return localStatic().size();
  }
  throw std::out_of_range("dispatch");
}

template <typename F> static void guarded(FILE *out, const char *what, F f) {
  trace.clear();
  std::string result;
  try {
    result = f();
  } catch (const Failed &e) {
    result = e.what();
  } catch (const std::exception &e) {
    result = std::string("std ") + e.what();
  } catch (int n) {
    result = "int " + std::to_string(n);
  } catch (...) {
    result = "other";
  }
  std::fprintf(out, "%s: %s [%s]\n", what, result.c_str(), trace.c_str());
}

int workload(FILE *out, int) {
  threadName(1); // Constructs the thread's objects before anything is traced.
  localStatic();
  for (int i = -1; i < 6; i++) {
    guarded(out, "cleanup", [=] { return std::to_string(riskyCleanup(i)); });
    guarded(out, "filter", [=] { return std::to_string(filter(i)); });
  }
  for (int i = 0; i < 8; i++)
    guarded(out, "nested", [=] { return nestedThrow(i); });
  for (int i = -1; i < 10; i++)
    guarded(out, "dispatch", [=] { return std::to_string(dispatch(i)); });
  for (int i = 0; i < 2; i++)
    guarded(out, "parts", [=] { return Parts(i).second.name; });
  guarded(out, "qsort", []() -> std::string {
    int v[] = {3, 1, 9, 4, 7};
    std::qsort(v, 5, sizeof *v, compareThrows);
    return "sorted";
  });
  guarded(out, "sort", [] {
    std::vector<std::string> v = {"pear", "fig", "apple", "kiwi"};
    std::sort(v.begin(), v.end(), [](auto &a, auto &b) {
      return a.size() == b.size() ? a < b : a.size() < b.size();
    });
    std::vector<int>(2).at(v.size());
    return v[0];
  });
  guarded(out, "noexcept", [] { return std::to_string(throughNoexcept(5)); });
  guarded(out, "thread", [] { return threadName(3); });

  Square square(2.5);
  const Shape &shape = square;
  const Named &named = square;
  VirtualBase v;
  v.id = 8;
  const Named &base = v;
  double (Shape::*member)() const = &Shape::area;
  std::fprintf(out, "%s %g %d %d %g\n", shape.name(), shape.area(),
               named.number(), base.number(), (shape.*member)());
  std::fprintf(out, "%d %d %g %ld\n", counter(), counterThere(), power(1.5, 9),
               power(2L, 40));
  return counterAddress() != counter ||
         std::strcmp(typeid(shape).name(), typeid(Square).name());
}
