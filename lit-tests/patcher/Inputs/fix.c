int f(int x) { return x + 100; }
const char *g(void) { return "new"; }
