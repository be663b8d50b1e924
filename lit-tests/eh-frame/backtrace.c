// A backtrace taken at any instruction of rewritten code finds the callers: what
// gdb and the unwinder believe is still true.
// REQUIRES: gcc, clang
// RUN: for cc in %cc %clang; do for level in -O0 -O1 -O2 -Os; do for entry in auto nop; do \
// RUN:   $cc $level -fno-optimize-sibling-calls -fasynchronous-unwind-tables -fomit-frame-pointer -c %s -o %t.o && \
// RUN:   %hotpad rewrite --entry=$entry %t.o -o %t.hot.o && \
// RUN:   %cc %t.hot.o -o %t.out && %t.out || exit 1; \
// RUN: done; done; done
#define _GNU_SOURCE
#include <execinfo.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

static int steps, depthAtStart, bad;
static void onTrap(int number, siginfo_t *info, void *context) {
  void *frames[32];
  int count = backtrace(frames, 32);
  ucontext_t *state = context;
  if (info->si_code == SI_TKILL) { // raised: starts and stops single steps
    state->uc_mcontext.gregs[REG_EFL] ^= 0x100;
    return;
  }
  steps++;
  // onTrap, the signal frame, ..., main, two of libc, _start
  if (count < depthAtStart)
    bad++;
}
static volatile int sink;
__attribute__((noinline)) int leaf(int x) { return x + sink; }
__attribute__((noinline)) int middle(int a, int b, int c) {
  volatile int big[20];
  for (int i = 0; i < 3; i++)
    big[i] = leaf(a + i) + leaf(b) * c;
  return big[0] + big[1] + big[2];
}
__attribute__((noinline)) int top(int n) {
  if (n == 0)
    return 1;
  return middle(n, n + 1, n + 2) + top(n - 1) + leaf(n);
}
int main(void) {
  void *frames[32];
  depthAtStart = backtrace(frames, 32) + 2;
  struct sigaction action = {.sa_sigaction = onTrap, .sa_flags = SA_SIGINFO};
  sigaction(SIGTRAP, &action, NULL);
  int before = top(3);
  raise(SIGTRAP);
  int after = top(3);
  raise(SIGTRAP);
  if (before != after || steps < 50)
    return 2;
  if (bad)
    printf("%d of %d without callers\n", bad, steps);
  return bad != 0;
}
