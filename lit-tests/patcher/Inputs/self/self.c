// Four threads call f, g, h and intoH, while main replaces them and back, again and
// again; and what the library refuses.
//
//   self threads | errors | changed | slots | library FILE
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <hotpad/patch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define F(function) ((hotpad_function)(function))

__attribute__((noipa)) int f(int x) { return x + 1; }
__attribute__((noipa)) const char *g(void) { return "old"; }
static int newF(int x) { return x + 100; }
static int newerF(int x) { return x + 1000; }
static const char *newG(void) { return "new"; }
static int newH(int x) { return 2 * x; }
// intoH(x) runs into h(x + 1000), and so does what is before k into k.
int h(int x), intoH(int x), k(int x);
__asm__(".text\n.p2align 4\n.globl intoH, h, k\n"
        ".type intoH, @function\nintoH:\n  add $1000, %edi\n.size intoH, .-intoH\n"
        ".type h, @function\nh:\n  mov %edi, %eax\n  add $1, %eax\n  ret\n.size h, .-h\n"
        ".p2align 4\n"
        ".type intoK, @function\nintoK:\n  add $1000, %edi\n.size intoK, .-intoK\n"
        ".type k, @function\nk:\n  mov %edi, %eax\n  add $1, %eax\n  ret\n.size k, .-k\n");

static volatile int wrong, ends;
static volatile long calls;
static void *work(void *argument) {
  while (!ends) {
    int a = f(41), b = h(1), c = intoH(1);
    const char *s = g();
    if ((a != 42 && a != 141) || (b != 2 && b != 2 * 1) || (c != 1002 && c != 2002) ||
        (strcmp(s, "old") && strcmp(s, "new")))
      __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if (argument)
      usleep(1);
  }
  return argument;
}

static void say(const char *what, hotpad_error error) {
  printf("%s: %d", what, error);
  puts(error ? hotpad_message() : "");
}
static void want(int holds, const char *what) {
  if (!holds) {
    printf("not so: %s; %s\n", what, hotpad_message());
    exit(1);
  }
}

static int threads(void) {
  hotpad_function all[] = {F(f), F(g), F(h)};
  hotpad_pair pairs[] = {{F(f), F(newF)}, {F(g), F(newG)}, {F(h), F(newH)}};
  hotpad_function now = 0;
  want(!hotpad_prepare(all, 3) && !hotpad_prepare(all, 3), "prepared");
  want(!hotpad_status(F(h), &now) && !now, "h is its own");
  want(intoH(1) == 1002 && h(1) == 2 && f(41) == 42, "nothing has changed");
  pthread_t workers[4];
  for (int i = 0; i < 4; i++)
    pthread_create(workers + i, 0, work, (void *)(long)i);
  say("prepare, late", hotpad_prepare(all, 1));
  hotpad_pair unprepared = {F(k), F(newH)};
  say("k", hotpad_apply(&unprepared, 1)); // refused, or it needs no preparing
  for (int i = 0; i < 100; i++) {
    long before = calls;
    want(!hotpad_apply(pairs, 3), "applied");
    want(f(41) == 141 && !strcmp(g(), "new") && h(3) == 6 && intoH(1) == 2002, "new");
    want(!hotpad_status(F(f), &now) && now == F(newF), "f is newF");
    for (int wait = 0; i % 10 == 0 && wait < 5000 && calls == before; wait++)
      usleep(1000);
    want(!hotpad_revert(all, 3), "reverted");
    want(f(41) == 42 && !strcmp(g(), "old") && h(3) == 4 && intoH(1) == 1002, "old");
    want(!hotpad_status(F(f), &now) && !now, "f is its own");
  }
  // On top of each other; back is all the way.
  hotpad_pair newer = {F(f), F(newerF)};
  ends = 1;
  for (int i = 0; i < 4; i++)
    pthread_join(workers[i], 0);
  want(!hotpad_apply(pairs, 1) && !hotpad_apply(&newer, 1) && f(41) == 1041, "newer");
  want(!hotpad_revert(all, 1) && f(41) == 42, "all the way back");
  printf("%d wrong, %s\n", wrong, calls > 0 ? "ran" : "did not run");
  return wrong != 0;
}

static int errors(void) {
  static int data;
  hotpad_pair good = {F(f), F(newF)}, twice[] = {{F(f), F(newF)}, {F(f), F(newerF)}};
  hotpad_pair nowhere = {F(f), F(&data)}, itself = {F(f), F(f)}, library = {F(strlen), F(newF)};
  hotpad_pair half[] = {{F(f), F(newF)}, {F(printf), F(newF)}}, none = {F(&data), F(newF)};
  hotpad_pair wild = {F(8), F(newF)};
  hotpad_function one = F(f);
  say("null", hotpad_apply(0, 1));
  say("status, null", hotpad_status(F(f), 0));
  say("twice", hotpad_apply(twice, 2));
  say("no code", hotpad_apply(&nowhere, 1));
  say("itself", hotpad_apply(&itself, 1));
  say("other library", hotpad_apply(&library, 1));
  say("half", hotpad_apply(half, 2));
  say("data", hotpad_apply(&none, 1));
  say("nowhere", hotpad_apply(&wild, 1));
  say("not replaced", hotpad_revert(&one, 1));
  want(f(41) == 42, "nothing was changed");
  struct rlimit few = {3, 3}, many;
  getrlimit(RLIMIT_NOFILE, &many);
  few.rlim_max = many.rlim_max;
  setrlimit(RLIMIT_NOFILE, &few);
  say("no more files", hotpad_apply(&good, 1));
  setrlimit(RLIMIT_NOFILE, &many);
  want(f(41) == 42 && !hotpad_apply(&good, 1) && f(41) == 141, "and yet it goes");
  return 0;
}

static int changed(void) {
  int mem = open("/proc/self/mem", O_RDWR);
  unsigned char byte = 0x90, old;
  hotpad_function volatile target = F(g);
  off_t at = (off_t)(size_t)target - 3;
  want(pread(mem, &old, 1, at) == 1 && pwrite(mem, &byte, 1, at) == 1, "written");
  hotpad_pair pairs[] = {{F(f), F(newF)}, {F(g), F(newG)}};
  say("changed", hotpad_apply(pairs, 2));
  want(pwrite(mem, &old, 1, at) == 1, "written back");
  close(mem);
  want(f(41) == 42 && !hotpad_apply(pairs, 2) && f(41) == 141, "and yet it goes");
  return 0;
}

static int slots(void) {
  hotpad_pair pairs[] = {{F(f), F(newF)}, {F(g), F(newG)}, {F(h), F(newH)}};
  say("too many", hotpad_apply(pairs, 3));
  want(f(41) == 42, "nothing was changed");
  say("two", hotpad_apply(pairs, 2));
  want(f(41) == 141, "f is new");
  return 0;
}

static int library(const char *path) {
  void *handle = dlopen(path, RTLD_NOW);
  want(handle != 0, "loaded");
  int (*its)(int) = (int (*)(int))dlsym(handle, "its");
  hotpad_pair pair = {F(its), F(newF)};
  say("library", hotpad_apply(&pair, 1));
  want(its(41) == 141, "replaced");
  remove(path);
  hotpad_function function = F(its);
  say("removed", hotpad_revert(&function, 1));
  want(its(41) == 141, "still replaced");
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  return !strcmp(what, "threads")  ? threads()
         : !strcmp(what, "errors") ? errors()
         : !strcmp(what, "changed") ? changed()
         : !strcmp(what, "slots")  ? slots()
                                   : library(argv[argc - 1]);
}
