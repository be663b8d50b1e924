// Calls every function of entry-forms32.s and prints what it returns.
#include "../../real/Inputs/workload.h"

// clang-format off
#define BOTH(F)                                                                \
  F(load) F(compare) F(itself) F(callFirst) F(callIndirect) F(jumpFirst)       \
  F(jumpTarget) F(withFlags) F(withCount) F(withLoop) F(landing)               \
  F(callRepReturn) F(fallsInto) F(fallTarget) F(tableJump) F(readsBack)        \
  F(readsAhead) F(callsMeasured) F(inTheWay2) F(readsData) F(thunkTable)       \
  F(gotTable) F(gotFunction) F(threadLocal) F(alias) F(aliased) F(noSize)
#ifdef NATIVE
#define CHANGED(F)
#else
#define CHANGED(F)                                                             \
  F(pushFirst) F(pushStack) F(pushFrame) F(landingPush) F(popFirst)            \
  F(nopFirst) F(callReturnOnly) F(incFirst) F(decFirst) F(withCarry)           \
  F(signFirst) F(callWiden) F(callFlags) F(directionFirst) F(carryFirst)       \
  F(callLoadString) F(exchangeFirst) F(allRegisters) F(callAdjust) F(callLoop) \
  F(callLoopOneByte) F(farJump) F(between) F(farCount) F(farCountShort)
#endif
#define DECLARE(f) long __attribute__((regparm(2))) f(long, long);
#define ROW(f) {#f, f},

BOTH(DECLARE) CHANGED(DECLARE)
static const struct {
  const char *name;
  long __attribute__((regparm(2))) (*function)(long, long);
} rows[] = {BOTH(ROW) CHANGED(ROW)};
// clang-format on

static const long values[][2] = {{0, 0}, {1, 0},  {1, 5},
                                 {2, 2}, {3, -4}, {77, 1}};

int workload(FILE *out, int quick) {
  (void)quick;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    fprintf(out, "%s", rows[i].name);
    for (unsigned k = 0; k < sizeof values / sizeof *values; k++)
      fprintf(out, " %ld", rows[i].function(values[k][0], values[k][1]));
    fprintf(out, "\n");
  }
  fprintf(out, "itself %ld\n", itself((long)itself, 0));
  fprintf(out, "alias %d\n", alias == aliased);
  return itself((long)itself, 0) != 1;
}
