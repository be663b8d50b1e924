// Patches for functions.c; what each exports depends on its name.
#include <windows.h>

#ifndef VALUE
#define VALUE 100
#endif
#define EXPORT __declspec(dllexport)

#ifdef FIRST
EXPORT int first(int x) { return x + VALUE; }
#endif
#ifdef SECOND
EXPORT int second(int x) { return x + VALUE + 2; }
#endif
#ifdef NAP
EXPORT int nap(HANDLE until) {
  (void)until;
  return 2;
}
#endif
#ifdef OTHER
EXPORT int other(int x) { return x + VALUE + 3; }
#endif
#ifdef MAIN
BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID unused) {
  (void)self, (void)unused;
  if (reason == DLL_PROCESS_ATTACH)
    MAIN;
  return TRUE;
}
#endif
