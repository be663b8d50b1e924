// C++ exceptions as MSVC's run-time library throws and catches them: by value,
// by reference and as a base, nested and thrown again, through destructors,
// out of constructors and handlers; and what else C++ brings: virtual calls
// and their thunks, members by pointer, COMDATs, constructors before main.
#include "workload.h"
#include <stdlib.h>
#include <string.h>

#define APART __attribute__((noinline))

void *operator new(size_t size) { return malloc(size); }
void operator delete(void *p) noexcept { free(p); }
void operator delete(void *p, size_t) noexcept { free(p); }

static char trace[4096];
APART static void note(const char *what, int n) {
  char text[40];
  sprintf(text, "%s%d ", what, n);
  if (strlen(trace) + strlen(text) < sizeof(trace))
    strcat(trace, text);
}

struct Noted {
  int n;
  explicit Noted(int n) : n(n) { note("+", n); }
  Noted(const Noted &other) : n(other.n) { note("'", n); }
  ~Noted() { note("-", n); }
};
struct Base {
  int code;
  explicit Base(int code) : code(code) {}
  virtual ~Base() {}
  virtual int what() const { return code; }
};
struct Other {
  int other = 9;
  virtual ~Other() {}
  virtual int second() const { return other; }
};
struct Derived : Other, Base { // what() through Base is a thunk.
  explicit Derived(int code) : Base(code) {}
  int what() const override { return code * 10; }
  int second() const override { return other + code; }
};
struct Heavy {
  Noted inside;
  int more[20];
};

template <typename T> APART T power(T base, int n) {
  return n == 0 ? T(1) : n % 2 ? base * power(base, n - 1) : power(base * base, n / 2);
}
inline APART int shared(int n) {
  static int calls = 100;
  return ++calls + n - calls;
}

static int constructed;
struct Global {
  Global() { constructed = 77; }
} global;

APART static int raise(int kind) {
  Noted guard(kind);
  switch (kind) {
  case 0:
    throw 42;
  case 1:
    throw Base(3);
  case 2:
    throw Derived(4);
  case 3:
    throw "text";
  case 4:
    throw Heavy{Noted(100), {1, 2, 3}};
  case 5: {
    Derived *p = new Derived(6);
    throw p;
  }
  case 6:
    throw 2.5;
  }
  return kind + shared(kind);
}

APART static int catchAll(int kind) {
  Noted around(50 + kind);
  try {
    Noted first(60), second(61);
    return raise(kind) + first.n;
  } catch (int i) {
    note("int", i);
    return i;
  } catch (const Derived &d) {
    return d.what() + d.second();
  } catch (const Base &b) {
    return b.what();
  } catch (const char *text) {
    return (int)strlen(text);
  } catch (Heavy heavy) {
    return heavy.inside.n + heavy.more[2];
  } catch (Base *p) {
    int result = p->what();
    delete p;
    return result;
  } catch (...) {
    return -1;
  }
}

APART static int again(int kind, int depth) {
  try {
    Noted level(depth);
    if (depth == 0)
      return raise(kind);
    return again(kind, depth - 1) + 1;
  } catch (int i) {
    note("level", depth);
    if (depth % 2)
      throw i + 1;
    throw;
  } catch (Base &b) {
    b.code++;
    if (depth == 2) {
      try {
        raise(0);
      } catch (int inner) {
        note("inner", inner);
        b.code += inner;
      }
    }
    throw;
  }
}

struct Half { // Fails when half of it is there.
  Noted first, second;
  Half(int n) try : first(1), second(n ? throw n : 2) {
    note("whole", n);
  } catch (int i) {
    note("half", i);
    throw Base(i);
  }
};

struct Swallows {
  ~Swallows() {
    try {
      raise(0);
    } catch (int n) {
      note("swallowed", n);
    }
  }
};
APART static int swallow(int kind) {
  Swallows s;
  return raise(kind);
}

APART static int loops(int n) { // A handler that leaves by break and continue.
  int sum = 0;
  for (int i = 0; i < n; i++) {
    try {
      Noted each(i);
      if (i % 3 == 0)
        continue;
      if (i == 7)
        break;
      sum += raise(i % 8);
    } catch (Base &b) {
      sum += b.code;
      continue;
    } catch (...) {
      if (i > 20)
        break;
      sum += 1000;
    }
  }
  return sum;
}

APART static int safely(int kind) noexcept {
  try {
    return again(kind, 4);
  } catch (int i) {
    return i;
  } catch (Base &b) {
    return b.what();
  } catch (...) {
    return -3;
  }
}

template <typename F> APART static void guarded(FILE *out, const char *name, F f) {
  trace[0] = 0;
  int result;
  try {
    result = f();
  } catch (int i) {
    result = 100000 + i;
  } catch (Base &b) {
    result = 200000 + b.what();
  } catch (...) {
    result = 300000;
  }
  fprintf(out, "%s %d [%s]\n", name, result, trace);
}

int workload(FILE *out, int) {
  for (int kind = 0; kind < 8; kind++) {
    guarded(out, "catch", [=] { return catchAll(kind); });
    guarded(out, "swallow", [=] { return swallow(kind); });
    guarded(out, "again", [=] { return again(kind, 5); });
    guarded(out, "safely", [=] { return safely(kind); });
  }
  for (int n = 0; n < 2; n++)
    guarded(out, "half", [=] { return Half(n).second.n; });
  guarded(out, "loops", [] { return loops(15); });
  Derived d(5);
  const Base &base = d;
  const Other &other = d;
  Base plain(1);
  const Base &notDerived = plain;
  int (Base::*member)() const = &Base::what;
  fprintf(out, "%d %d %d %d %d\n", base.what(), other.second(), (base.*member)(),
          dynamic_cast<const Derived *>(&base) != nullptr,
          dynamic_cast<const Derived *>(&notDerived) != nullptr);
  fprintf(out, "%g %d %d %d\n", power(1.5, 9), power(3, 7), shared(4), constructed);
  return dynamic_cast<const Other *>(&base) != &other;
}
