// A program with file-local state: each line adds its length to a balance.
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static int balance = 10;
static char log_[3][20];
static int entries;
int limit = 1000;
static __attribute__((noinline)) void note(const char *text) {
  strncpy(log_[entries++ % 3], text, 19);
}
static __attribute__((noinline)) int fee(int amount) { return amount / 2; }
__attribute__((noinline)) int deposit(const char *line) {
  static int count = 100;
  balance += (int)strlen(line) - fee(4);
  note(line);
  return ++count;
}
int main(void) {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    int count = deposit(line);
    printf("%d %d %s %d\n", balance, count, log_[(entries + 2) % 3], entries);
    fflush(stdout);
  }
  return 0;
}
