//===- Switch.cpp - the moment at which functions change ------------------===//
//
// Usually all threads are stopped. One that stands in padding that becomes a
// jump, or between the two bytes of a site, is in the way: all go on for a
// moment, and it is tried again.
//
// Without a stop, every other processor may be running what is changed. The
// order of the plan makes that safe, if it is also the order in which they see
// it: so between the pads and the switches this thread visits each processor in
// turn. What ran there had to be switched out and comes back by an instruction
// that serialises. A switch is one aligned word, which the system stores. That
// processors fetch such a word at once is what all who patch running code count
// on; Intel's manual does not promise it.
//
//===----------------------------------------------------------------------===//

#include "patcher/core/Padding.h"
#include "patcher/windows/Live.h"
#include "patcher/windows/StoppedMemory.h"
#include "patcher/windows/Threads.h"
#include <chrono>

namespace hotpad::windows {

namespace {

/// Runs this thread on every processor once.
void visitProcessors() {
  HANDLE self = GetCurrentThread();
  GROUP_AFFINITY before{};
  if (!GetThreadGroupAffinity(self, &before))
    return;
  WORD groups = GetActiveProcessorGroupCount();
  for (WORD group = 0; group != groups; ++group) {
    DWORD count = GetActiveProcessorCount(group);
    for (DWORD processor = 0; processor != count; ++processor) {
      GROUP_AFFINITY one{};
      one.Group = group;
      one.Mask = KAFFINITY(1) << processor;
      if (SetThreadGroupAffinity(self, &one, nullptr))
        SwitchToThread();
    }
  }
  SetThreadGroupAffinity(self, &before, nullptr);
}

void runPlan(Process &process, patch::Memory &memory, const patch::Plan &plan,
             const std::function<patch::Failure()> &barrier = {}) {
  if (patch::Failure failure = plan.run(memory, barrier))
    throw failure->starts_with("process ") ? Error(*failure)
                                           : process.error(*failure);
}

void switchWhileRunning(Process &process, const patch::Plan &plan,
                        const std::vector<const Function *> &functions) {
  for (const Function *function : functions)
    if (patch::mayBeRun(function->place.pad))
      throw process.error(function->where() +
                          ": code may run through its pad, so that it can "
                          "only be switched while threads are stopped");
  runPlan(process, process, plan, []() -> patch::Failure {
    visitProcessors();
    return std::nullopt;
  });
  visitProcessors();
}

} // namespace

void switchFunctions(Process &process, const patch::Plan &plan,
                     const std::vector<const Function *> &functions,
                     bool noStop, Report &report) {
  if (noStop)
    return switchWhileRunning(process, plan, functions);
  using namespace std::chrono;
  constexpr int kAttempts = 100;
  for (int attempt = 1;; ++attempt) {
    auto begin = steady_clock::now();
    const Function *blocked = nullptr;
    DWORD blocking = 0;
    {
      StoppedThreads threads(process);
      for (const auto &[number, address] : threads.addresses())
        for (const Function *function : functions)
          if (patch::isInTheWay(address, function->place)) {
            blocked = function;
            blocking = number;
          }
      if (!blocked) {
        StoppedMemory memory(process);
        runPlan(process, memory, plan);
        report.threads = threads.count();
      }
    }
    report.pause += duration<double>(steady_clock::now() - begin).count();
    if (!blocked)
      return;
    if (attempt == kAttempts)
      throw process.error("thread " + std::to_string(blocking) +
                          " stands in the bytes that a patch of " +
                          blocked->where() + " changes, and does not leave");
    Sleep(1);
  }
}

} // namespace hotpad::windows
