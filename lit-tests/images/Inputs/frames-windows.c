// Unwinds from inside its functions, as debuggers and exceptions do: from a
// call, and in a handler from an instruction in the middle of a function that
// faults. Prints how far the stack pointer goes in each frame, which is the
// same wherever code is, and on stderr whether code was run in the section of
// the copies.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char *cell; // in a page without access, until a handler is asked
static int inCopies;
static int isInCopy(uintptr_t at) {
  char *base = (char *)GetModuleHandleA(NULL);
  IMAGE_NT_HEADERS *nt =
      (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
  IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);
  for (int i = 0; i < nt->FileHeader.NumberOfSections; i++, section++)
    if (!memcmp(section->Name, ".hotpad", 8) &&
        at - (uintptr_t)base - section->VirtualAddress <
            section->Misc.VirtualSize)
      return 1;
  return 0;
}
// From `context` on: how the stack pointer changes from frame to frame, and
// what registers the last callee saved.
static void unwindFrom(const char *what, CONTEXT context) {
  printf("%s:", what);
  int frames = 0;
  for (; context.Rip && frames < 64; frames++) {
    ULONG64 base, frame;
    void *data;
    DWORD64 before = context.Rsp;
    inCopies += isInCopy(context.Rip);
    RUNTIME_FUNCTION *function =
        RtlLookupFunctionEntry(context.Rip, &base, NULL);
    if (!function) { // a leaf
      context.Rip = *(DWORD64 *)context.Rsp;
      context.Rsp += 8;
    } else {
      RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context.Rip, function, &context,
                       &data, &frame, NULL);
    }
    printf(" %d", (int)(context.Rsp - before));
  }
  printf(", %d frames, rbx %llx, rsi %llx\n", frames, context.Rbx & 0xffff,
         context.Rsi & 0xffff);
}
static LONG CALLBACK onFault(EXCEPTION_POINTERS *info) {
  DWORD old;
  if (info->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
    return EXCEPTION_CONTINUE_SEARCH;
  unwindFrom("fault", *info->ContextRecord);
  VirtualProtect(cell, 4096, PAGE_READWRITE, &old);
  return EXCEPTION_CONTINUE_EXECUTION;
}
static void reset(void) {
  DWORD old;
  VirtualProtect(cell, 4096, PAGE_NOACCESS, &old);
}
__attribute__((noinline)) int leaf(int n) { return cell[n] + n; } // faults
__attribute__((noinline)) int captured(int n) {
  void *frames[64];
  CONTEXT context;
  printf("captured %d\n", CaptureStackBackTrace(0, 64, frames, NULL));
  RtlCaptureContext(&context);
  unwindFrom("captured", context);
  return n;
}
__attribute__((noinline)) int wide(int a, int b, int c, int d, int e, int f) {
  volatile char room[5000];
  memset((void *)room, a, sizeof(room));
  return captured(a + b) + leaf(c) + room[d] + e * f;
}
__attribute__((noinline)) int variable(int n) {
  volatile char *room = __builtin_alloca(n * 16);
  memset((void *)room, n, n * 16);
  reset();
  return wide(n, n + 1, n + 2, n + 3, n + 4, n + 5) + room[n];
}
__attribute__((noinline)) int recursive(int n, int m) {
  return n == 0 ? variable(m) : recursive(n - 1, m + n) + n * m;
}
static int compare(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  reset();
  return x - y + leaf(0); // called by another module
}
__attribute__((noinline)) double floats(double x, double y) {
  reset();
  return x * leaf(3) + y / leaf(5);
}
int main(void) {
  cell = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
  AddVectoredExceptionHandler(1, onFault);
  printf("%d\n", recursive(4, 3));
  int two[] = {2, 1};
  qsort(two, 2, sizeof(int), compare);
  printf("%d %d %g\n", two[0], two[1], floats(1.5, 2.5));
  fprintf(stderr, "in copies: %s\n", inCopies > 10 ? "yes" : "no");
  return 0;
}
