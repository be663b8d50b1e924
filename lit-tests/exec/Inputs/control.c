// Every kind of control flow and reference a C compiler makes, in two units:
// jump tables, computed gotos, tail calls, mutual recursion, variable
// arguments, thread-local storage, alloca, weak symbols, aliases, IFUNC,
// function pointers that must compare equal, loops that begin at the function's
// entry, cold halves, setjmp.
#include "../../real/Inputs/workload.h"
#include "units.h"
#include <setjmp.h>
#include <string.h>

#define APART __attribute__((noinline))

// A dense switch: a jump table; a sparse one: a tree of compares; one that
// returns strings: a table of data.
APART static long dense(long n) {
  switch (n) {
  case 0:
    return 7;
  case 1:
    return isEven(3);
  case 2:
    return n * n + 5;
  case 3:
    return -n;
  case 4:
    return tlsSum(1);
  case 5:
    return n << 10;
  case 6:
    return dense(n - 4);
  case 7:
    return weakDefault(n);
  case 8:
    return coldPath(n);
  case 9:
    return 99;
  case 10:
    return alias(n);
  case 12:
    return variadic("i", 4);
  default:
    return 1234;
  }
}
APART static long sparse(unsigned long n) {
  switch (n) {
  case 5:
    return 1;
  case 1000:
    return 2;
  case 123456:
    return 3;
  case 0xfffffffff:
    return 4;
  case 77:
  case 78:
  case 79:
    return 5;
  }
  return 6;
}
APART static const char *name(int n) {
  switch (n) {
  case 0:
    return "zero";
  case 1:
    return "one";
  case 2:
    return "two";
  case 3:
    return "three";
  case 4:
    return "four";
  case 5:
    return "five";
  }
  return "many";
}

// A little interpreter with a table of labels, and one of label differences.
APART static long interpret(const char *code) {
  static void *const labels[] = {&&add, &&multiply, &&negate, &&loop, &&stop};
  static const int distances[] = {&&add - &&add, &&multiply - &&add,
                                  &&negate - &&add, &&loop - &&add,
                                  &&stop - &&add};
  long value = 1, count = 3;
  const char *start = code;
  goto *labels[*code++ - 'a'];
add:
  value += 5;
  goto *labels[*code++ - 'a'];
multiply:
  value *= 3;
  goto *(&&add + distances[*code++ - 'a']);
negate:
  value = -value;
  goto *labels[*code++ - 'a'];
loop:
  if (--count)
    code = start;
  goto *(&&add + distances[*code++ - 'a']);
stop:
  return value;
}

long isEven(long n) { return n == 0 ? 1 : isOdd(n - 1); }

// Loops that begin where the function begins.
APART static void untilZero(volatile int *p) {
  for (;;)
    if (--*p == 0)
      return;
}
APART static long collatz(unsigned long n) {
  long steps = 0;
  do {
    n = n & 1 ? 3 * n + 1 : n / 2;
    steps++;
  } while (n != 1);
  return steps;
}
APART static const char *skip(const char *p) {
  while (*p == ' ')
    p++;
  return p;
}
APART static void spin(volatile long *p, long end) {
  do
    *p += 1;
  while (*p < end);
}

// Tail calls in a ring, with more and more arguments.
APART static long ring3(long a, long b, long c);
APART static long ring1(long a) { return a <= 0 ? 0 : ring3(a - 1, a, 2 * a); }
APART static long ring2(long a, long b) {
  return a <= 0 ? b : ring1(a - b % 3);
}
APART static long ring3(long a, long b, long c) {
  return c % 5 == 4 ? b : ring2(a, b);
}

APART static long onStack(long n) {
  char *p = __builtin_alloca(n + 1);
  long variable[n % 7 + 1];
  memset(p, 'x', n);
  p[n] = 0;
  for (long i = 0; i <= n % 7; i++)
    variable[i] = i * n;
  return strlen(p) + variable[n % 7] + p[n / 2];
}

// Many arguments, structures by value, floating point, 128 bits.
struct Big {
  long a[6];
  double d;
};
APART static struct Big big(struct Big b, int a1, int a2, int a3, int a4,
                            int a5, int a6, int a7, double d) {
  b.a[a1 % 6] += a2 * a3 - a4;
  b.a[a5 % 6] -= a6 + a7;
  b.d += d;
  return b;
}
#if defined(__SIZEOF_INT128__) && !defined(_MSC_VER)
typedef __int128 Wide;
#else
typedef unsigned long long Wide;
#endif
APART static Wide wide(Wide n) { return n * n / 7 + (n << 3); }
APART static double real(double x) { return x < 0 ? -x * 0.5 : x * 1.5 + 0.25; }

APART static long weakLocal(long n) {
  return weakMissing ? weakMissing(n) : n + 3;
}

// Local exec, initial exec.
static __thread long own = 21;
static __thread long zeroed[4];
APART static long tls(long n) {
  own += n;
  zeroed[n & 3] += own;
  long sum = own + zeroed[n & 3] + threadLocal;
  zeroed[n & 3] -= own;
  own -= n;
  return sum;
}

jmp_buf leaving;
APART static long jumps(long n) {
  volatile long count = 0;
  int rc = setjmp(leaving);
  if (rc == 0 || count < 3) {
    count++;
    leave(n + count);
  }
  return rc * 10 + count;
}

APART static long empty(void) { return 0; }
APART static void nothing(void) { __asm__ volatile(""); }

static int compare(Function a, Function b) { return a == b; }

int workload(FILE *out, int quick) {
  (void)quick;
  for (long i = -1; i < 14; i++)
    fprintf(out, "%ld ", dense(i));
  fprintf(out, "%ld %ld %ld %ld %ld\n", sparse(5), sparse(1000), sparse(123456),
          sparse(0xfffffffff), sparse(78));
  for (int i = 0; i < 8; i++)
    fprintf(out, "%s ", name(i));
  fprintf(out, "%ld %ld\n", interpret("abcabde"), interpret("bcabcae"));
  fprintf(out, "%ld %ld %ld\n", isEven(1000), isOdd(77), isEven(7));
  volatile int n = 100;
  untilZero(&n);
  volatile long m = 3;
  spin(&m, 50);
  fprintf(out, "%d %ld %ld %s\n", n, m, collatz(27), skip("    skipped"));
  fprintf(out, "%ld %ld %ld\n", ring1(1000), ring1(50), ring2(3, 4));
  fprintf(out, "%ld %ld\n", onStack(5), onStack(300));
  struct Big b = {{1, 2, 3, 4, 5, 6}, 0.5};
  b = big(b, 1, 2, 3, 4, 5, 6, 7, 8.25);
  fprintf(out, "%ld %ld %g %ld %g %g\n", b.a[1], b.a[5], b.d,
          (long)(wide(123456789012345) >> 40), real(-3), real(2));
  fprintf(out, "%ld %ld\n", variadic("idlLsf", 1, 2.5, 3L, 4.0L, "A", isEven),
          variadic("iiiiiiiid", 1, 2, 3, 4, 5, 6, 7, 8, 0.5));
  fprintf(out, "%ld %ld %ld %ld\n", weakDefault(1), weakLocal(2), tls(4),
          tlsSum(6));
  for (int i = 0; i < 8; i++)
    fprintf(out, "%ld ", table[i](i + 5));
  fprintf(out, "%d %d %d\n", compare(addressOf(3), isEven),
          compare(addressOf(5), alias), compare(table[0], table[1]));
  fprintf(out, "%ld %ld %ld %d\n", coldPath(50), coldPath(2000), jumps(4),
          constructed());
  nothing();
  fprintf(out, "%ld %d\n", empty(), common[2]);
  return addressOf(5) != alias;
}
