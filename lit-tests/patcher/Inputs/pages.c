// What server.c serves: 50 pages, and how many were made. Each says four times
// which version made it, and lets others run meanwhile.
#include <sched.h>
#include <string.h>
#ifndef VERSION
#define VERSION "old "
#endif
static unsigned long made;
unsigned long count(void) { return __atomic_load_n(&made, __ATOMIC_RELAXED); }
#define PAGE(n)                                                                \
  void page##n(char *out) {                                                    \
    for (int i = 0; i < 4; i++, sched_yield())                                 \
      strcat(out, VERSION);                                                    \
    __atomic_add_fetch(&made, 1, __ATOMIC_RELAXED);                            \
  }
#define TEN(n)                                                                 \
  PAGE(n##0) PAGE(n##1) PAGE(n##2) PAGE(n##3) PAGE(n##4)                       \
  PAGE(n##5) PAGE(n##6) PAGE(n##7) PAGE(n##8) PAGE(n##9)
TEN(1) TEN(2) TEN(3) TEN(4) TEN(5)
