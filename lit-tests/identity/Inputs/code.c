// Jump tables, computed gotos, loops at entries, thread-local variables.
int g(int), h(int);
__attribute__((noinline)) static int s(int x) { return g(x) + 1; }
int table(int x) {
  switch (x) {
  case 0: return s(1);
  case 1: return h(2);
  case 2: return g(x) * 3;
  case 3: return h(x + 1);
  case 4: return s(x - 1);
  case 5: return 7;
  case 6: return g(0) - 1;
  }
  return 0;
}
int loop(int *p) {
  int sum = 0;
  do
    sum += *p++;
  while (*p);
  return sum;
}
int labels(int x) {
  static void *to[] = {&&a, &&b, &&c};
  goto *to[x];
a: return g(1);
b: return h(2);
c: return 9;
}
__thread int local;
int *address(void) { return &local; }
