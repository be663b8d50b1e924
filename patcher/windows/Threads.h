//===- Threads.h - all threads of a process, stopped ------------*- C++ -*-===//
//
// Windows keeps a count of suspensions for each thread, and nobody takes back
// those of a patcher that dies: what is done between stop and resume has to be
// short. Ctrl-C waits meanwhile.
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

  size_t count() const { return threads.size(); }
  /// Where each stands, by its number.
  const std::map<DWORD, uint64_t> &addresses() const { return places; }

private:
  bool stopNewOnes();
  void resume();

  const Process &process;
  std::map<DWORD, Handle> threads;
  std::map<DWORD, uint64_t> places;
};

} // namespace hotpad::windows

#endif
