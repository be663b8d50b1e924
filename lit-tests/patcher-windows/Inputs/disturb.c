// disturb.exe PID CALLS HOTPATCH kill WORD...
//
// Runs hotpatch with these words on a process again and again, and ends it
// before its 1st, 2nd, 3rd ... call to the system that touches the process,
// until there are no more of them. Each time all threads of the process must go
// on, which count calls at the address CALLS; and `revert --all` must find its
// way.
//
// disturb.exe PID CALLS HOTPATCH fail=FUNCTION[=RESULT],... WORD...
//
// Runs it once, while these functions of the system always fail: they return
// RESULT, or 0, and the error 5 (access denied). 64-bit only, where it need not
// be known what arguments a function takes.
//
// hotpatch is started as by a debugger, which puts breakpoints, or other code,
// into the functions of the system.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/// Calls to all of these are counted together.
static const char *const kTouching[] = {
    "VirtualAllocEx",        "VirtualProtectEx",
    "VirtualFreeEx",         "WriteProcessMemory",
    "CreateRemoteThread",    "DebugActiveProcess",
    "WaitForDebugEvent",     "DebugSetProcessKillOnExit",
    "GetThreadContext",      "SuspendThread",
    "ResumeThread",          "DebugActiveProcessStop",
    "SetThreadGroupAffinity"};
enum { kTouchingCount = sizeof kTouching / sizeof *kTouching };

static struct Breakpoint {
  char *place;
  char begin;
} points[kTouchingCount];

static const char *hotpatch, *pid;
static int step; ///< The call before which hotpatch is to end; 0: none.

static void fail(const char *what) {
  printf("step %d: %s\n", step, what);
  exit(1);
}

static char *find(const char *function) {
  char *place = (char *)(void *)GetProcAddress(GetModuleHandleA("kernel32.dll"),
                                               function);
  if (!place)
    fail(function);
  return place;
}

static PROCESS_INFORMATION start(const char *words, DWORD flags, HANDLE out) {
  char command[4096];
  snprintf(command, sizeof command, "\"%s\" %s --pid %s", hotpatch, words, pid);
  STARTUPINFOA info = {.cb = sizeof info, .dwFlags = STARTF_USESTDHANDLES};
  info.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  info.hStdOutput = info.hStdError = out;
  PROCESS_INFORMATION child;
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, flags, NULL, NULL, &info,
                      &child))
    fail("cannot run hotpatch");
  return child;
}

static void put(HANDLE child, const struct Breakpoint *point, char byte) {
  char before = 0;
  ReadProcessMemory(child, point->place, &before, 1, NULL);
  if (before != point->begin && before != (char)0xcc)
    fail("functions of the system are elsewhere");
  WriteProcessMemory(child, point->place, &byte, 1, NULL);
  FlushInstructionCache(child, point->place, 1);
}

/// Waits for what happens in hotpatch, up to the next exception or its end.
static DEBUG_EVENT nextEvent(void) {
  for (;;) {
    DEBUG_EVENT event;
    WaitForDebugEvent(&event, INFINITE);
    if (event.dwDebugEventCode == EXCEPTION_DEBUG_EVENT ||
        event.dwDebugEventCode == EXIT_PROCESS_DEBUG_EVENT)
      return event;
    if (event.dwDebugEventCode == CREATE_PROCESS_DEBUG_EVENT)
      CloseHandle(event.u.CreateProcessInfo.hFile);
    if (event.dwDebugEventCode == LOAD_DLL_DEBUG_EVENT)
      CloseHandle(event.u.LoadDll.hFile);
    ContinueDebugEvent(event.dwProcessId, event.dwThreadId, DBG_CONTINUE);
  }
}

/// Starts hotpatch, up to the loader's breakpoint, when all is loaded.
static PROCESS_INFORMATION startDebugged(const char *words, HANDLE out,
                                         DEBUG_EVENT *event) {
  PROCESS_INFORMATION child = start(words, DEBUG_ONLY_THIS_PROCESS, out);
  *event = nextEvent();
  if (event->dwDebugEventCode != EXCEPTION_DEBUG_EVENT ||
      event->u.Exception.ExceptionRecord.ExceptionCode != EXCEPTION_BREAKPOINT)
    fail("hotpatch does not begin");
  return child;
}

/// The status with which a process ends, or has ended.
static DWORD statusOf(const PROCESS_INFORMATION *child) {
  DWORD status = 1;
  WaitForSingleObject(child->hProcess, INFINITE);
  GetExitCodeProcess(child->hProcess, &status);
  CloseHandle(child->hProcess);
  CloseHandle(child->hThread);
  return status;
}

/// Ends hotpatch before its call number `step`, with status 99; returns the
/// status.
static DWORD runAndKill(const char *words, HANDLE out) {
  DEBUG_EVENT event;
  PROCESS_INFORMATION child = startDebugged(words, out, &event);
  struct Breakpoint *stepped = NULL, *end = points + kTouchingCount;
  for (struct Breakpoint *point = points; point != end; ++point)
    put(child.hProcess, point, (char)0xcc);
  int calls = 0;
  DWORD answer = DBG_CONTINUE;
  do {
    ContinueDebugEvent(event.dwProcessId, event.dwThreadId, answer);
    event = nextEvent();
    answer = DBG_CONTINUE;
    if (event.dwDebugEventCode != EXCEPTION_DEBUG_EVENT)
      continue;
    EXCEPTION_RECORD *record = &event.u.Exception.ExceptionRecord;
    struct Breakpoint *point = points;
    while (point != end && point->place != record->ExceptionAddress)
      ++point;
    if (record->ExceptionCode == EXCEPTION_SINGLE_STEP && stepped) {
      put(child.hProcess, stepped, (char)0xcc);
      stepped = NULL;
    } else if (record->ExceptionCode != EXCEPTION_BREAKPOINT || point == end) {
      answer = DBG_EXCEPTION_NOT_HANDLED;
    } else if (++calls == step) {
      TerminateProcess(child.hProcess, 99);
    } else {
      CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
      GetThreadContext(child.hThread, &context);
#ifdef _WIN64
      context.Rip = (DWORD_PTR)point->place;
#else
      context.Eip = (DWORD_PTR)point->place;
#endif
      context.EFlags |= 0x100; // one instruction
      SetThreadContext(child.hThread, &context);
      put(child.hProcess, point, point->begin);
      stepped = point;
    }
  } while (event.dwDebugEventCode != EXIT_PROCESS_DEBUG_EVENT);
  ContinueDebugEvent(event.dwProcessId, event.dwThreadId, DBG_CONTINUE);
  return statusOf(&child);
}

/// Runs hotpatch while the functions of \p list fail; returns its status.
static DWORD runFailing(char *list, const char *words, HANDLE out) {
  DEBUG_EVENT event;
  PROCESS_INFORMATION child = startDebugged(words, out, &event);
  for (char *one = strtok(list, ","); one; one = strtok(NULL, ",")) {
    char *result = strchr(one, '=');
    if (result)
      *result++ = 0;
    unsigned char code[] = {0x65,
                            0xc7,
                            0x04,
                            0x25,
                            0x68,
                            0,
                            0,
                            0, // movl $5, %gs:0x68: the
                            ERROR_ACCESS_DENIED,
                            0,
                            0,
                            0, // thread's last error
                            0x48,
                            0xc7,
                            0xc0,
                            0,
                            0,
                            0,
                            0,     // mov $RESULT, %rax
                            0xc3}; // ret
    int value = result ? atoi(result) : 0;
    memcpy(code + 15, &value, sizeof value);
    WriteProcessMemory(child.hProcess, find(one), code, sizeof code, NULL);
  }
  DebugSetProcessKillOnExit(FALSE);
  ContinueDebugEvent(event.dwProcessId, event.dwThreadId, DBG_CONTINUE);
  DebugActiveProcessStop(event.dwProcessId);
  return statusOf(&child);
}

/// What hotpatch says, which has to succeed.
static const char *run(const char *words) {
  static char said[65536];
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  HANDLE file = CreateFileA("said.txt", GENERIC_READ | GENERIC_WRITE,
                            FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                            CREATE_ALWAYS, 0, NULL);
  PROCESS_INFORMATION child = start(words, 0, file);
  DWORD status = statusOf(&child), size = 0;
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  ReadFile(file, said, sizeof said - 1, &size, NULL);
  said[size] = 0;
  CloseHandle(file);
  if (status != 0)
    fail(said);
  return said;
}

static void expectProgress(HANDLE process, void *address) {
  LONG before = 0, now = 0;
  ReadProcessMemory(process, address, &before, sizeof before, NULL);
  for (int tries = 0; tries != 2000; ++tries) {
    ReadProcessMemory(process, address, &now, sizeof now, NULL);
    if (now - before > 10000)
      return;
    Sleep(5);
  }
  fail("threads do not go on");
}

static void killAtEach(const char *words, void *calls) {
  HANDLE process = OpenProcess(PROCESS_VM_READ, FALSE, (DWORD)atoi(pid));
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  HANDLE nowhere =
      CreateFileA("NUL", GENERIC_WRITE, 0, &inherited, OPEN_EXISTING, 0, NULL);
  for (int i = 0; i != kTouchingCount; ++i) {
    points[i].place = find(kTouching[i]);
    points[i].begin = *points[i].place;
  }
  int some = 0;
  DWORD status = 99;
  while (status == 99) {
    ++step;
    status = runAndKill(words, nowhere);
    if (status != 0 && status != 99)
      fail("hotpatch failed");
    expectProgress(process, calls);
    some += strstr(run("revert --all"), "1 function reverted") != NULL;
    expectProgress(process, calls);
  }
  printf("killed %d times, %d of them between two switches\n", step - 1, some);
}

int main(int count, char **words) {
  char command[4096] = "";
  pid = words[1];
  hotpatch = words[3];
  for (int i = 5; i < count; ++i)
    snprintf(command + strlen(command), sizeof command - strlen(command), " %s",
             words[i]);
  if (!strcmp(words[4], "kill")) {
    killAtEach(command, (void *)(UINT_PTR)strtoull(words[2], NULL, 16));
    return 0;
  }
  return (int)runFailing(words[4] + strlen("fail="), command,
                         GetStdHandle(STD_OUTPUT_HANDLE));
}
