// Does a job of lit-tests/real for each line of standard input.
#include <stdio.h>
int workload(FILE *out, int quick);
int main(void) {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    if (workload(stdout, 1))
      return 1;
    puts("done");
    fflush(stdout);
  }
  return 0;
}
