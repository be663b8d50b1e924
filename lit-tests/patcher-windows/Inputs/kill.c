// kill.exe PID CALLS HOTPATCH WORD...
//
// Runs hotpatch with these words on a process again and again, and ends it
// before its 1st, 2nd, 3rd ... call to the system that touches the process,
// until there are no more of them. Each time all threads of the process must go
// on, which count calls at the address CALLS; and `revert --all` must
// find its way.
//
// hotpatch is run as by a debugger, with breakpoints in the functions of the
// system.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static const char *const kNames[] = {
    "VirtualAllocEx",        "VirtualProtectEx",
    "VirtualFreeEx",         "WriteProcessMemory",
    "CreateRemoteThread",    "DebugActiveProcess",
    "WaitForDebugEvent",     "DebugSetProcessKillOnExit",
    "GetThreadContext",      "SuspendThread",
    "ResumeThread",          "DebugActiveProcessStop",
    "SetThreadGroupAffinity"};
enum { kCount = sizeof kNames / sizeof *kNames };
static char *places[kCount];
static char begins[kCount];

static HANDLE process;
static const char *hotpatch, *pid;

static void fail(const char *what, int step) {
  printf("step %d: %s\n", step, what);
  exit(1);
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
    fail("cannot run hotpatch", 0);
  return child;
}

static void put(HANDLE child, int which, char byte) {
  char before = 0;
  ReadProcessMemory(child, places[which], &before, 1, NULL);
  if (before != begins[which] && before != (char)0xcc)
    fail("functions of the system are elsewhere", 0);
  WriteProcessMemory(child, places[which], &byte, 1, NULL);
  FlushInstructionCache(child, places[which], 1);
}

/// Ends hotpatch before its call number \p step; returns whether it ended by
/// itself.
static int runAndKill(const char *words, int step, HANDLE out) {
  PROCESS_INFORMATION child = start(words, DEBUG_ONLY_THIS_PROCESS, out);
  int calls = 0, begun = 0, stepped = -1;
  for (;;) {
    DEBUG_EVENT event;
    DWORD answer = DBG_CONTINUE;
    WaitForDebugEvent(&event, INFINITE);
    if (event.dwDebugEventCode == CREATE_PROCESS_DEBUG_EVENT)
      CloseHandle(event.u.CreateProcessInfo.hFile);
    if (event.dwDebugEventCode == LOAD_DLL_DEBUG_EVENT)
      CloseHandle(event.u.LoadDll.hFile);
    if (event.dwDebugEventCode == EXIT_PROCESS_DEBUG_EVENT) {
      DWORD status = event.u.ExitProcess.dwExitCode;
      ContinueDebugEvent(event.dwProcessId, event.dwThreadId, answer);
      WaitForSingleObject(child.hProcess, INFINITE);
      CloseHandle(child.hProcess);
      CloseHandle(child.hThread);
      if (status != 0 && status != 99)
        fail("hotpatch failed", step);
      return status == 0;
    }
    if (event.dwDebugEventCode == EXCEPTION_DEBUG_EVENT) {
      EXCEPTION_RECORD *record = &event.u.Exception.ExceptionRecord;
      int which = 0;
      while (which != kCount && places[which] != record->ExceptionAddress)
        ++which;
      if (record->ExceptionCode == EXCEPTION_SINGLE_STEP && stepped >= 0) {
        put(child.hProcess, stepped, (char)0xcc);
        stepped = -1;
      } else if (record->ExceptionCode != EXCEPTION_BREAKPOINT) {
        answer = DBG_EXCEPTION_NOT_HANDLED;
      } else if (!begun) { // the loader's, when all is loaded
        begun = 1;
        for (int i = 0; i != kCount; ++i)
          put(child.hProcess, i, (char)0xcc);
      } else if (which != kCount) {
        if (++calls == step) {
          TerminateProcess(child.hProcess, 99);
        } else {
          CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
          GetThreadContext(child.hThread, &context);
#ifdef _WIN64
          context.Rip = (DWORD_PTR)places[which];
#else
          context.Eip = (DWORD_PTR)places[which];
#endif
          context.EFlags |= 0x100; // one instruction
          SetThreadContext(child.hThread, &context);
          put(child.hProcess, which, begins[which]);
          stepped = which;
        }
      }
    }
    ContinueDebugEvent(event.dwProcessId, event.dwThreadId, answer);
  }
}

/// What hotpatch says, which has to succeed.
static const char *run(const char *words, int step) {
  static char said[65536];
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  HANDLE file = CreateFileA("kill.txt", GENERIC_READ | GENERIC_WRITE,
                            FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                            CREATE_ALWAYS, 0, NULL);
  PROCESS_INFORMATION child = start(words, 0, file);
  DWORD status = 1, size = 0;
  WaitForSingleObject(child.hProcess, INFINITE);
  GetExitCodeProcess(child.hProcess, &status);
  CloseHandle(child.hProcess);
  CloseHandle(child.hThread);
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  ReadFile(file, said, sizeof said - 1, &size, NULL);
  said[size] = 0;
  CloseHandle(file);
  if (status != 0)
    fail(said, step);
  return said;
}

static void expectProgress(void *address, int step) {
  LONG before = 0, now = 0;
  ReadProcessMemory(process, address, &before, sizeof before, NULL);
  for (int tries = 0; tries != 2000; ++tries) {
    ReadProcessMemory(process, address, &now, sizeof now, NULL);
    if (now - before > 10000)
      return;
    Sleep(5);
  }
  fail("threads do not go on", step);
}

int main(int count, char **words) {
  void *calls = (void *)(UINT_PTR)strtoull(words[2], NULL, 16);
  char command[4096] = "";
  pid = words[1];
  hotpatch = words[3];
  for (int i = 4; i < count; ++i)
    snprintf(command + strlen(command), sizeof command - strlen(command), " %s",
             words[i]);
  process = OpenProcess(PROCESS_VM_READ, FALSE, (DWORD)atoi(pid));
  HMODULE system = GetModuleHandleA("kernel32.dll");
  for (int i = 0; i != kCount; ++i) {
    places[i] = (char *)(void *)GetProcAddress(system, kNames[i]);
    begins[i] = *places[i];
  }
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  HANDLE nowhere =
      CreateFileA("NUL", GENERIC_WRITE, 0, &inherited, OPEN_EXISTING, 0, NULL);
  int step = 0, some = 0, done = 0;
  while (!done) {
    done = runAndKill(command, ++step, nowhere);
    expectProgress(calls, step);
    some += strstr(run("revert --all", step), "1 function reverted") != NULL;
    expectProgress(calls, step);
  }
  printf("killed %d times, %d of them between two switches\n", step - 1, some);
  return 0;
}
