// Two switches side by side, one inside another, one with a cold part.
#include "switch.h"
extern int puts(const char *);
extern int printf(const char *, ...);
extern void abort(void) __attribute__((noreturn));
static __attribute__((noinline)) int id(int x) { return x; }
static __attribute__((noinline)) int twice(int x) { return 2 * x; }
__attribute__((noinline)) int first(int n, int x) {
  switch (n) { CASES(id) }
  return -1;
}
__attribute__((noinline)) int second(int n, int x) {
  switch (n) { CASES(twice) }
  return -2;
}
__attribute__((noinline)) int nested(int n, int x) {
  switch (n) {
  case 0: switch (x) { case 0: return id(40); case 1: return id(50); case 2: return twice(60); case 3: return 7; case 4: return id(3) + 2; } return -5;
  case 1: return id(8);
  case 2: switch (x) { case 0: return id(41); case 1: return id(51); case 2: return twice(61); case 3: return 8; case 4: return id(4) + 2; } return -6;
  case 3: return twice(9);
  case 4: return id(10) * x;
  case 5: return id(77);
  }
  return -3;
}
__attribute__((cold, noinline)) static void complain(int n) { printf("bad %d\n", n); }
__attribute__((noinline)) int withCold(int n, int x) {
  switch (n) {
  case 0: return id(1);
  case 1: return twice(2);
  case 2: complain(n); complain(x); return 5;
  case 3: return id(6) + x;
  case 4: complain(n + 1); return x;
  case 5: return id(7) - x;
  case 6: complain(x); complain(n); return id(3);
  }
  return -4;
}
int main(void) {
  for (int n = -1; n < 9; n++)
    for (int x = 0; x < 6; x++)
      printf("%d %d %d %d\n", first(n, x), second(n, x), nested(n, x), withCold(n, x));
  return 0;
}
