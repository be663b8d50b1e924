//===- Threads.h - threads under control ------------------------*- C++ -*-===//
//
// Threads are seized (PTRACE_SEIZE), which changes nothing about them, and
// stopped by PTRACE_INTERRUPT, which no program can see: no signal is sent, and
// a system call that waits is restarted by the kernel. When the tracer dies,
// for whatever reason, the kernel lets all of them go on from where they are.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LINUX_THREADS_H
#define HOTPAD_PATCHER_LINUX_THREADS_H

#include "patcher/linux/Process.h"
#include <chrono>
#include <map>

namespace hotpad::live {

/// One thread, seized; it is let go by the destructor.
class Thread {
public:
  /// Nothing when it ended before.
  static llvm::Expected<std::unique_ptr<Thread>> seize(const Process &process,
                                                       pid_t number);
  ~Thread();
  Thread(const Thread &) = delete;

  pid_t number() const { return id; }
  bool ended() const { return gone; }

  /// Asks it to stop; wait() says when it did.
  llvm::Error interrupt();
  /// Waits until it stands outside of user code because of interrupt(). Signals
  /// that arrive before that are delivered. Ended threads stop, too.
  llvm::Error waitUntilStopped();
  llvm::Error resume();
  /// Lets it run to the entry or the exit of a system call, whichever is next.
  llvm::Error runToSystemCall();

  llvm::Expected<Registers> registers() const;
  llvm::Error setRegisters(const Registers &registers);
  /// Floating point and vector registers, in the form of XSAVE.
  llvm::Expected<std::vector<uint8_t>> vectorRegisters() const;
  llvm::Error setVectorRegisters(llvm::MutableArrayRef<uint8_t> state);
  llvm::Expected<uint64_t> signalMask() const;
  llvm::Error setSignalMask(uint64_t mask);

private:
  Thread(const Process &process, pid_t number) : process(process), id(number) {}
  llvm::Error request(int what, void *address, void *data,
                      const char *name) const;
  /// Waits for the next stop; `status` as waitpid() gives it.
  llvm::Error waitForStop(int &status);

  const Process &process;
  pid_t id;
  bool gone = false, stopped = false;
};

/// All threads of a process, stopped until the destructor.
class StoppedThreads {
public:
  static llvm::Expected<StoppedThreads> stop(const Process &process);

  size_t count() const { return threads.size(); }
  /// When the first was asked to stop.
  std::chrono::steady_clock::time_point began() const { return beginning; }
  /// The address that each will go on at.
  llvm::Expected<std::vector<std::pair<pid_t, uint64_t>>> addresses() const;

private:
  std::map<pid_t, std::unique_ptr<Thread>> threads;
  std::chrono::steady_clock::time_point beginning;
};

} // namespace hotpad::live

#endif
