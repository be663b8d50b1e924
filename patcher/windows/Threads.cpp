//===- Threads.cpp --------------------------------------------------------===//

#include "patcher/windows/Threads.h"
#include <tlhelp32.h>

namespace hotpad::windows {

namespace {

/// Where a suspended thread stands; nothing when it has no place any more.
/// Windows suspends a thread some time after it was asked to; who reads its
/// registers waits for that.
std::optional<uint64_t> addressOf(HANDLE thread) {
  CONTEXT context{};
  context.ContextFlags = CONTEXT_CONTROL;
  if (!GetThreadContext(thread, &context))
    return std::nullopt;
#ifdef _WIN64
  return context.Rip;
#else
  return context.Eip;
#endif
}

} // namespace

StoppedThreads::StoppedThreads(const Process &process) : process(process) {
  SetConsoleCtrlHandler(nullptr, TRUE);
  try {
    // One that runs may start another, until none does.
    while (stopNewOnes())
      continue;
  } catch (const Error &) {
    resume();
    throw;
  }
}

StoppedThreads::~StoppedThreads() { resume(); }

void StoppedThreads::resume() {
  for (const auto &[number, thread] : threads)
    ResumeThread(thread.get());
  threads.clear();
  SetConsoleCtrlHandler(nullptr, FALSE);
}

bool StoppedThreads::stopNewOnes() {
  HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  if (list == INVALID_HANDLE_VALUE)
    throw process.systemError("its threads cannot be listed");
  Handle closesIt(list);
  bool isNew = false;
  THREADENTRY32 entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = Thread32First(list, &entry); more;
       more = Thread32Next(list, &entry)) {
    DWORD number = entry.th32ThreadID;
    if (entry.th32OwnerProcessID != process.pid() || threads.count(number) != 0)
      continue;
    Handle thread(
        OpenThread(THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT | SYNCHRONIZE,
                   FALSE, number));
    if (!thread && GetLastError() == ERROR_INVALID_PARAMETER)
      continue; // It has ended.
    if (!thread)
      throw process.systemError("thread " + std::to_string(number) +
                                " cannot be opened");
    if (SuspendThread(thread.get()) == DWORD(-1)) {
      DWORD code = GetLastError();
      if (WaitForSingleObject(thread.get(), 0) == WAIT_OBJECT_0)
        continue;
      throw process.error("thread " + std::to_string(number) +
                          " cannot be stopped: " + systemMessage(code));
    }
    HANDLE stopped = thread.get();
    threads.emplace(number, std::move(thread));
    isNew = true;
    if (std::optional<uint64_t> address = addressOf(stopped))
      places[number] = *address;
    else if (WaitForSingleObject(stopped, 0) != WAIT_OBJECT_0)
      throw process.systemError("thread " + std::to_string(number) +
                                " does not say where it stands");
  }
  return isNew;
}

} // namespace hotpad::windows
