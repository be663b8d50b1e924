// Exceptions, destructors, a switch and a call of a local function.
struct Guard { ~Guard(); int x; };
int may(int);
static __attribute__((noinline)) int local(int x) { return may(x) ^ 3; }
__attribute__((noinline)) int twice(int x) {
  Guard guard;
  guard.x = x;
  return may(x) + guard.x;
}
int caught(int x) {
  Guard guard;
  guard.x = x;
  try {
    return may(x) + twice(x);
  } catch (const Guard &) {
    return -1;
  } catch (int i) {
    return i;
  }
}
int pick(int which, int x) {
  switch (which) {
  case 0:
    return may(x);
  case 1:
    return 7 * x;
  case 2:
    return twice(x);
  case 3:
    return x ^ 9;
  case 4:
    return may(x + 1) + x;
  case 5:
    return local(x);
  }
  return -1;
}
