// What is replaced in steps.c.
#include <windows.h>

__declspec(dllexport) int counter;

__declspec(dllexport) int first(int x) { return x + 1; }
__declspec(dllexport) int second(int x) { return x + 2 + counter; }
__declspec(dllexport) int third(int x) { return x * 3; }

/// Waits inside of itself.
__declspec(dllexport) int nap(HANDLE until) {
  WaitForSingleObject(until, INFINITE);
  return 1;
}

/// Its loop begins at its entry.
__declspec(dllexport) int loops(int x) {
  int sum = 0;
  do
    sum += x;
  while (--x);
  return sum;
}
