// One workload per library. It prints its results to `out`, checks what it can
// check itself, and returns 0 when all its own checks held. With `quick` it
// does less of the same, for tests that run it once per function. It can be
// called any number of times and prints the same bytes each time.
#ifndef WORKLOAD_H
#define WORKLOAD_H
#include <stdio.h>
#ifdef __cplusplus
extern "C"
#endif
    int workload(FILE *out, int quick);
#endif
