//===- Threads.cpp --------------------------------------------------------===//

#include "patcher/windows/Threads.h"
#include <tlhelp32.h>

namespace hotpad::windows {

StoppedThreads::StoppedThreads(const Process &process) : process(process) {
  SetConsoleCtrlHandler(nullptr, TRUE);
  try {
    attach();
    findPlaces();
  } catch (const Error &) {
    letGo();
    throw;
  }
}

StoppedThreads::~StoppedThreads() { letGo(); }

void StoppedThreads::letGo() {
  if (isAttached)
    DebugActiveProcessStop(process.pid());
  isAttached = false;
  SetConsoleCtrlHandler(nullptr, FALSE);
}

void StoppedThreads::attach() {
  // Unless told otherwise, the death of a debugger is that of the process; and
  // only who is a debugger can be told. Who asks for a process that there is
  // not has become one.
  DebugActiveProcess(0);
  bool isTold = DebugSetProcessKillOnExit(FALSE);
  if (!DebugActiveProcess(process.pid())) {
    DWORD code = GetLastError();
    if (process.isDebugged())
      throw process.error("a debugger has it, which leaves no other way than "
                          "--no-stop");
    throw process.error("its threads cannot be stopped: " +
                        systemMessage(code));
  }
  isAttached = true;
  if (!isTold && !DebugSetProcessKillOnExit(FALSE))
    throw process.systemError("it would not outlive the patcher");
  // All threads stand from the first event on.
  constexpr DWORD kMilliseconds = 10000;
  DEBUG_EVENT event{};
  if (!WaitForDebugEvent(&event, kMilliseconds))
    throw process.systemError("its threads do not stop");
  if (event.dwDebugEventCode == CREATE_PROCESS_DEBUG_EVENT)
    CloseHandle(event.u.CreateProcessInfo.hFile);
}

void StoppedThreads::findPlaces() {
  HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  if (list == INVALID_HANDLE_VALUE)
    throw process.systemError("its threads cannot be listed");
  Handle closesIt(list);
  THREADENTRY32 entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = Thread32First(list, &entry); more;
       more = Thread32Next(list, &entry)) {
    DWORD number = entry.th32ThreadID;
    if (entry.th32OwnerProcessID != process.pid())
      continue;
    Handle thread(OpenThread(THREAD_GET_CONTEXT | SYNCHRONIZE, FALSE, number));
    CONTEXT context{};
    context.ContextFlags = CONTEXT_CONTROL;
    if (thread && GetThreadContext(thread.get(), &context)) {
#ifdef _WIN64
      places[number] = context.Rip;
#else
      places[number] = context.Eip;
#endif
      continue;
    }
    DWORD code = GetLastError();
    bool hasEnded = thread
                        ? WaitForSingleObject(thread.get(), 0) == WAIT_OBJECT_0
                        : code == ERROR_INVALID_PARAMETER;
    if (!hasEnded)
      throw process.error(
          "thread " + std::to_string(number) +
          " does not say where it stands: " + systemMessage(code));
  }
}

} // namespace hotpad::windows
