// __try with both kinds of handlers.
int may(int);
int filter(int);
int guarded(int x) {
  int y = x;
  __try {
    y += may(x);
  } __except (filter(x)) {
    y = -1;
  }
  __try {
    y += may(y);
  } __finally {
    may(y);
  }
  return y + may(x + y);
}
