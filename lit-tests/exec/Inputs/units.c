// The second unit: what control.c calls across the boundary. See control.c.
#include "units.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

__thread int threadLocal = 11;
__thread char threadBuffer[40];
static __thread long hidden = 5; // Local dynamic in a library, local exec else.
static __thread long hiddenZero;
int common[30000] = {1, 2, 3};

long isOdd(long n) { return n == 0 ? 0 : isEven(n - 1); }

// A tail call through a pointer, and one with a different shape of arguments.
__attribute__((noinline)) static long indirect(Function f, long n) {
  return f(n);
}
static long twice(long n) { return n * 2; }
static long negate(long n) { return -n; }
static long viaPointer(long n) { return indirect(n & 1 ? twice : negate, n); }
const Function table[8] = {twice, negate, viaPointer, isEven,
                           isOdd, alias,  selected,   tlsSum};

long variadic(const char *types, ...) {
  va_list list, copy;
  va_start(list, types);
  va_copy(copy, list);
  double sum = 0;
  for (int pass = 0; pass < 2; pass++) {
    va_list *v = pass ? &copy : &list;
    for (const char *t = types; *t; t++)
      switch (*t) {
      case 'i':
        sum += va_arg(*v, int);
        break;
      case 'l':
        sum += va_arg(*v, long);
        break;
      case 'd':
        sum += va_arg(*v, double) * 10;
        break;
      case 'L':
        sum += va_arg(*v, long double) * 100;
        break;
      case 's':
        sum += *va_arg(*v, const char *);
        break;
      case 'f':
        sum += va_arg(*v, Function)(3);
        break;
      }
  }
  va_end(list), va_end(copy);
  return sum;
}

long weakDefault(long n) { return n + 1000; }

__attribute__((visibility("hidden"))) long aliased(long n) { return n ^ 0x55; }
long alias(long n) __attribute__((alias("aliased")));

static long one(long n) { return n + 1; }
static long two(long n) { return n + 2; }
static Function choose(void) { return one == two ? two : one; }
#ifdef __ELF__
long selected(long n) __attribute__((ifunc("choose")));
#else
long selected(long n) { return choose()(n); }
#endif

long tlsSum(long n) {
  hidden += n, hiddenZero -= n;
  threadLocal += n;
  long sum = hidden + hiddenZero + threadLocal;
  threadLocal -= n;
  threadBuffer[n % 40]++;
  sum += threadBuffer[n % 40]--;
  hidden -= n, hiddenZero += n;
  return sum;
}

// The unlikely half goes to .text.unlikely, reached by a jump.
static __attribute__((cold, noinline)) long rare(long n) {
  for (long i = 0; i < n; i++)
    common[i & 1023] += i;
  long sum = common[n & 1023];
  for (long i = 0; i < n; i++)
    common[i & 1023] -= i;
  return sum;
}
long coldPath(long n) {
  if (__builtin_expect(n > 100, 0)) {
    long sum = rare(n);
    if (sum < 0)
      abort();
    return sum + rare(n / 2);
  }
  return n;
}

Function addressOf(int which) { return table[which & 7]; }

static int order;
__attribute__((constructor(201))) static void first(void) {
  order = order * 10 + 1;
}
__attribute__((constructor(202))) static void second(void) {
  order = order * 10 + 2;
}
__attribute__((constructor)) static void last(void) { order = order * 10 + 3; }
int constructed(void) { return order; }

extern jmp_buf leaving;
_Noreturn void leave(long n) { longjmp(leaving, n & 0xff ? n & 0xff : 1); }
