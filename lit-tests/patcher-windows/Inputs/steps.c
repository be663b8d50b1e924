// A program that is patched while it runs, by itself: its arguments are the
// program hotpatch.exe and the steps to go.
//
//   call            prints what its functions return
//   threads         starts four threads that call first() all the time; the end
//                   of the program tells whether any got anything but an old or
//                   a new value
//   thread          starts one of them
//   inside          has a thread go into nap(), where it stays until `outside`
//   close           nobody may open this process any more
//   foreign         writes over the padding before third()
//   other-width     says in its own headers that it is for the other width
//   stand           has a thread that does not run stand in the padding of
//                   first()
//   debugged        has another process be the debugger of this one
//   put:FILE=OTHER  moves FILE away and puts OTHER in its place
//   log:FILE        from now on, FILE has what hotpatch says
//   by:PROGRAM WORDS  runs PROGRAM with its own number, the place where it
//                   counts the calls of its threads, the program hotpatch.exe
//                   and WORDS
//   anything else   runs hotpatch with that and its own number, and prints what
//                   it says and its exit status; `#` there stands for the
//                   number
#include <aclapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

int first(int x);
int second(int x);
int third(int x);
int nap(HANDLE until);
int loops(int x);

static volatile LONG stop, wrong, calls;

static DWORD WINAPI callFirst(void *unused) {
  (void)unused;
  while (!stop) {
    int value = first(1);
    InterlockedIncrement(&calls);
    if (value != 2 && value != 101 && value != 201)
      InterlockedIncrement(&wrong);
  }
  return 0;
}

static HANDLE until;
static DWORD WINAPI callNap(void *unused) {
  (void)unused;
  return (DWORD)nap(until);
}

static HANDLE out;

static void run(char *command, const char *step) {
  STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
  start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  start.hStdOutput = start.hStdError = out;
  PROCESS_INFORMATION child;
  printf("> %s\n", step);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start,
                      &child)) {
    printf("cannot run %s: %lu\n", command, GetLastError());
    exit(3);
  }
  WaitForSingleObject(child.hProcess, INFINITE);
  DWORD status = 0;
  GetExitCodeProcess(child.hProcess, &status);
  printf("exit %lu\n", status);
}

static void runHotpatch(const char *hotpatch, const char *step) {
  char command[4096];
  const char *mark = strchr(step, '#');
  if (mark)
    snprintf(command, sizeof command, "\"%s\" %.*s%lu%s", hotpatch,
             (int)(mark - step), step, GetCurrentProcessId(), mark + 1);
  else
    snprintf(command, sizeof command, "\"%s\" %s --pid %lu", hotpatch, step,
             GetCurrentProcessId());
  run(command, step);
}

static void runBy(const char *hotpatch, const char *step) {
  char command[4096];
  const char *words = strchr(step, ' ');
  snprintf(command, sizeof command, "%.*s %lu %p \"%s\"%s", (int)(words - step),
           step, GetCurrentProcessId(), (void *)&calls, hotpatch, words);
  run(command, step);
}

static void closeProcess(void) {
  // A list of rights with nobody in it.
  ACL nobody;
  InitializeAcl(&nobody, sizeof nobody, ACL_REVISION);
  printf("closed: %lu\n",
         SetSecurityInfo(GetCurrentProcess(), SE_KERNEL_OBJECT,
                         DACL_SECURITY_INFORMATION, NULL, NULL, &nobody, NULL));
}

static void overwrite(void *place, const void *bytes, size_t size) {
  DWORD before;
  VirtualProtect(place, size, PAGE_EXECUTE_READWRITE, &before);
  memcpy(place, bytes, size);
  VirtualProtect(place, size, before, &before);
}

static void changeWidth(void) {
  char *base = (char *)GetModuleHandleA(NULL);
  IMAGE_NT_HEADERS *headers =
      (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
  IMAGE_NT_HEADERS changed = *headers;
  int is64 = sizeof(void *) == 8;
  changed.FileHeader.Machine =
      is64 ? IMAGE_FILE_MACHINE_I386 : IMAGE_FILE_MACHINE_AMD64;
  changed.OptionalHeader.Magic =
      is64 ? IMAGE_NT_OPTIONAL_HDR32_MAGIC : IMAGE_NT_OPTIONAL_HDR64_MAGIC;
  DWORD before;
  VirtualProtect(headers, sizeof changed, PAGE_READWRITE, &before);
  *headers = changed;
  VirtualProtect(headers, sizeof changed, before, &before);
}

static void stand(void) {
  HANDLE thread =
      CreateThread(NULL, 0, callFirst, NULL, CREATE_SUSPENDED, NULL);
  CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
  GetThreadContext(thread, &context);
#ifdef _WIN64
  context.Rip = (UINT_PTR)first - 3;
#else
  context.Eip = (UINT_PTR)first - 3;
#endif
  SetThreadContext(thread, &context);
}

/// What the other process does, which is given the event to tell.
static void debug(const char *pid, const char *event) {
  HANDLE isThere = OpenEventA(EVENT_MODIFY_STATE, FALSE, event);
  DebugActiveProcess((DWORD)atoi(pid));
  DEBUG_EVENT happened;
  do {
    WaitForDebugEvent(&happened, INFINITE);
    ContinueDebugEvent(happened.dwProcessId, happened.dwThreadId, DBG_CONTINUE);
    if (happened.dwDebugEventCode == EXCEPTION_DEBUG_EVENT)
      SetEvent(isThere);
  } while (happened.dwDebugEventCode != EXIT_PROCESS_DEBUG_EVENT);
}

static void beDebugged(void) {
  char self[MAX_PATH], command[2 * MAX_PATH], name[40];
  snprintf(name, sizeof name, "debugged-%lu", GetCurrentProcessId());
  HANDLE isThere = CreateEventA(NULL, TRUE, FALSE, name);
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "\"%s\" debug %lu %s", self,
           GetCurrentProcessId(), name);
  STARTUPINFOA start = {.cb = sizeof start};
  PROCESS_INFORMATION child;
  CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &start,
                 &child);
  WaitForSingleObject(isThere, INFINITE);
}

static void put(char *files) {
  char old[MAX_PATH + 4], *other = strchr(files, '=');
  *other++ = 0;
  snprintf(old, sizeof old, "%s.old", files);
  BOOL isMoved = MoveFileA(files, old), isThere = CopyFileA(other, files, TRUE);
  printf("put: %d %d\n", isMoved, isThere);
}

static void openLog(const char *file) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  out = CreateFileA(file, GENERIC_WRITE, FILE_SHARE_READ, &inherited,
                    CREATE_ALWAYS, 0, NULL);
}

int main(int count, char **steps) {
  HANDLE threads[4], napper = NULL;
  int started = 0;
  if (count == 4 && !strcmp(steps[1], "debug")) {
    debug(steps[2], steps[3]);
    return 0;
  }
  out = GetStdHandle(STD_OUTPUT_HANDLE);
  until = CreateEventA(NULL, TRUE, FALSE, NULL);
  for (int i = 2; i < count; ++i) {
    const char *step = steps[i];
    if (!strcmp(step, "call")) {
      printf("first %d second %d third %d loops %d\n", first(1), second(1),
             third(1), loops(3));
    } else if (!strcmp(step, "threads") || !strcmp(step, "thread")) {
      for (int all = step[6] ? 4 : 1; started < all; ++started)
        threads[started] = CreateThread(NULL, 0, callFirst, NULL, 0, NULL);
      while (calls < 1000)
        Sleep(1);
    } else if (!strcmp(step, "inside")) {
      napper = CreateThread(NULL, 0, callNap, NULL, 0, NULL);
      Sleep(100);
    } else if (!strcmp(step, "outside")) {
      SetEvent(until);
      WaitForSingleObject(napper, INFINITE);
      DWORD result = 0;
      GetExitCodeThread(napper, &result);
      printf("nap %lu\n", result);
    } else if (!strcmp(step, "close")) {
      closeProcess();
    } else if (!strcmp(step, "foreign")) {
      overwrite((char *)((UINT_PTR)third - 6), "\x90", 1);
    } else if (!strcmp(step, "other-width")) {
      changeWidth();
    } else if (!strcmp(step, "stand")) {
      stand();
    } else if (!strcmp(step, "debugged")) {
      beDebugged();
    } else if (!strncmp(step, "put:", 4)) {
      put(steps[i] + 4);
    } else if (!strncmp(step, "log:", 4)) {
      openLog(step + 4);
    } else if (!strncmp(step, "by:", 3)) {
      runBy(steps[1], step + 3);
    } else {
      runHotpatch(steps[1], step);
    }
    fflush(stdout);
  }
  stop = 1;
  if (started) {
    WaitForMultipleObjects((DWORD)started, threads, TRUE, INFINITE);
    printf("calls went wrong: %ld\n", wrong);
  }
  return 0;
}
