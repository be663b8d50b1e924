//===- Threads.h - all threads of a process, stopped ------------*- C++ -*-===//
//
// SuspendThread would do, but Windows keeps a count of suspensions for each
// thread, and nobody takes back those of a patcher that dies. A debugger stops
// all threads at once, new ones too, and one that said so before
// (DebugSetProcessKillOnExit) lets them go on when it dies. So this attaches as
// a debugger, for as long as it lives. Ctrl-C waits meanwhile.
//
// Windows starts one thread more, which would break into the process if a
// debugger still were there when it gets to run.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_WINDOWS_THREADS_H
#define HOTPAD_PATCHER_WINDOWS_THREADS_H

#include "patcher/windows/Process.h"
#include <map>

namespace hotpad::windows {

class StoppedThreads {
public:
  explicit StoppedThreads(const Process &process);
  ~StoppedThreads();
  StoppedThreads(const StoppedThreads &) = delete;
  StoppedThreads &operator=(const StoppedThreads &) = delete;

  /// Of the process itself.
  size_t count() const { return places.size() - 1; }
  /// Where each stands, by its number.
  const std::map<DWORD, uint64_t> &addresses() const { return places; }

private:
  void attach();
  void findPlaces();
  void letGo();

  const Process &process;
  bool isAttached = false;
  std::map<DWORD, uint64_t> places;
};

} // namespace hotpad::windows

#endif
