//===- LiveProcess.h - a process and what is known of it --------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LIVE_LIVEPROCESS_H
#define HOTPAD_PATCHER_LIVE_LIVEPROCESS_H

#include "patcher/linux/Functions.h"
#include "patcher/live/Live.h"
#include "patcher/live/Records.h"
#include <chrono>

namespace hotpad::live {

/// Notes how long each step takes.
class StepClock {
public:
  explicit StepClock(Report &report) : report(report) {}
  void done(const char *step) {
    auto now = std::chrono::steady_clock::now();
    report.steps.push_back(
        {step, std::chrono::duration<double>(now - last).count()});
    last = now;
  }

private:
  Report &report;
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
};

/// The process, its images, their functions and its patches, as they are now.
struct LiveProcess {
  std::unique_ptr<Process> process;
  std::unique_ptr<Images> images;
  std::unique_ptr<Functions> functions;
  Records records;

  /// \p symbols: files with the symbols of what is stripped.
  static llvm::Expected<LiveProcess> open(pid_t pid,
                                          llvm::ArrayRef<std::string> symbols);

  llvm::Expected<std::unique_ptr<BorrowedThread>> borrowThread() const {
    return BorrowedThread::borrow(*process, [this](uint64_t address) {
      return images->mayHoldLocks(address);
    });
  }

  /// For people: the function in \p state.
  FunctionReport describe(const LiveFunction &function,
                          const patch::State &state) const;
};

/// What `hotpad check` says a function lacks.
std::string lackedRules(unsigned broken);

/// Why \p function, which code may run into, is not switched while threads run.
std::string wantsStop(const LiveFunction &function);

/// Runs \p plan, which switches \p functions: with all threads stopped, none of
/// them in the way; or, with \p thread, while all of them run.
llvm::Error switchFunctions(Process &process, const patch::Plan &plan,
                            llvm::ArrayRef<const LiveFunction *> functions,
                            Report &report, BorrowedThread *thread = nullptr);

/// What revert() of Live.h does, in a process that is known already.
llvm::Expected<Report> revert(const LiveProcess &live,
                              const RevertRequest &request);

} // namespace hotpad::live

#endif
