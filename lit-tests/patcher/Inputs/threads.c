// Eight threads call f and g all the time, and count answers that are neither the
// old nor the new ones. Each line of standard input asks for the sums.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
__attribute__((noinline)) int f(int x) { return x + 1; }
__attribute__((noinline)) const char *g(void) { return "old"; }
static volatile long wrong, calls, ends;
static void *work(void *argument) {
  while (!ends) {
    int x = f(41);
    const char *s = g();
    if ((x != 42 && x != 141) || (strcmp(s, "old") && strcmp(s, "new")))
      __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    usleep(argument ? 10 : 0);
  }
  return argument;
}
// Threads come and go while others are stopped.
static void *once(void *argument) { return f(41) ? argument : 0; }
static void *spawn(void *argument) {
  while (!ends) {
    pthread_t thread;
    if (!pthread_create(&thread, 0, once, 0))
      pthread_join(thread, 0);
    usleep(100);
  }
  return argument;
}
int main(void) {
  pthread_t threads[9];
  for (long i = 0; i < 8; i++)
    pthread_create(threads + i, 0, work, (void *)(i % 2));
  pthread_create(threads + 8, 0, spawn, 0);
  char line[100];
  long before = 0;
  while (fgets(line, sizeof line, stdin)) {
    for (int i = 0; i < 5000 && calls == before; i++) // a busy machine
      usleep(1000);
    printf("%ld wrong, %s\n", wrong, calls > before ? "goes on" : "stands still");
    before = calls;
    fflush(stdout);
  }
  ends = 1;
  for (int i = 0; i < 9; i++)
    pthread_join(threads[i], 0);
  return wrong != 0;
}
