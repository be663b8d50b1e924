// Calls every function of entry-forms.s and prints what it returns.
#include "../../real/Inputs/workload.h"

// clang-format off
#define BOTH(F)                                                                \
  F(ripLoad) F(ripCompare) F(ripSelf) F(absolute) F(callFirst)                 \
  F(callIndirect) F(jumpFirst) F(jumpTarget) F(withFlags) F(withCount)         \
  F(withLoop) F(landing) F(callRepReturn) F(fallsInto) F(fallTarget)           \
  F(intoMiddle) F(hasMiddle) F(tableJump) F(readsConstant) F(alias)            \
  F(aliased) F(noSize)
#ifdef NATIVE
#define CHANGED(F)
#else
#define CHANGED(F)                                                             \
  F(pushFirst) F(pushFrame) F(landingPush) F(nopFirst) F(callReturnOnly)       \
  F(callSign) F(callWiden) F(callFlags) F(directionFirst) F(carryFirst)        \
  F(callLoadString) F(exchangeFirst) F(exchangeShort) F(popFirst) F(callLoop)  \
  F(callLoopOneByte) F(farJump) F(between) F(farCount) F(farCountGlobal)       \
  F(farBack) F(farBackCount) F(inTheWay)
#endif
#define DECLARE(f) long f(long, long);
#define ROW(f) {#f, f},

BOTH(DECLARE) CHANGED(DECLARE)
static const struct {
  const char *name;
  long (*function)(long, long);
} rows[] = {BOTH(ROW) CHANGED(ROW)};
// clang-format on

static const long values[][2] = {{0, 0}, {1, 0},  {1, 5},
                                 {2, 2}, {3, -4}, {77, 1}};

int workload(FILE *out, int quick) {
  (void)quick;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    fprintf(out, "%s", rows[i].name);
    for (unsigned k = 0; k < sizeof values / sizeof *values; k++) {
      // xchg returns whatever was in rax: make that known.
      register long rax __asm__("rax") = 0;
      __asm__ volatile("" : "+r"(rax));
      fprintf(out, " %ld", rows[i].function(values[k][0], values[k][1]));
    }
    fprintf(out, "\n");
  }
  fprintf(out, "ripSelf %ld\n", ripSelf((long)ripSelf, 0));
  fprintf(out, "alias %d\n", alias == aliased);
  return ripSelf((long)ripSelf, 0) != 1;
}
