// Answers each line of standard input: what f and g say, and how often.
#include <stdio.h>
#include <unistd.h>
static int counter;
__attribute__((noinline)) int f(int x) { return x + 1; }
__attribute__((noinline)) const char *g(void) { return "old"; }
int main(void) {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    printf("%d %s %d\n", f(41), g(), ++counter);
    fflush(stdout);
  }
}
