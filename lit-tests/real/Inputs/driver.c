// Runs a workload once (or argv[1] times) and prints its results on stdout.
// "quick" as the second argument selects the short form.
#include "workload.h"
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  int times = argc > 1 ? atoi(argv[1]) : 1;
  int quick = argc > 2 && strcmp(argv[2], "quick") == 0;
  for (int i = 0; i < times; i++)
    if (workload(stdout, quick)) {
      fflush(stdout);
      fprintf(stderr, "workload: a check of its own failed\n");
      return 1;
    }
  return 0;
}
