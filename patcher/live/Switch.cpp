//===- Switch.cpp - the moment at which functions change ------------------===//
//
// Usually all threads are stopped. One that stands in padding that becomes a
// jump, or between the two bytes of a site, is in the way: all go on for a
// moment, and it is tried again.
//
// Without a stop, every other processor may be running what is changed. The
// order of the plan makes that safe, if it is also the order in which they see
// it: so between the pads and the switches each of them is made to execute an
// instruction that serialises (membarrier, SYNC_CORE; Intel SDM volume 3,
// "Handling Self- and Cross-Modifying Code"). A switch is one aligned word,
// which the kernel stores. That processors fetch such a word at once is what
// all who patch running code count on; Intel's manual does not promise it.
//
//===----------------------------------------------------------------------===//

#include "patcher/linux/Threads.h"
#include "patcher/live/LiveProcess.h"
#include "llvm/ADT/STLExtras.h"
#include <chrono>
#include <linux/membarrier.h>
#include <sched.h>
#include <thread>

using namespace llvm;

namespace hotpad::live {

namespace {

/// While all threads of a process are stopped, nothing else shall keep this one
/// from going on, where the system allows that.
class Urgent {
public:
  Urgent() : policy(sched_getscheduler(0)) {
    sched_param first{};
    first.sched_priority = 1;
    if (policy < 0 || sched_getparam(0, &before) != 0 ||
        sched_setscheduler(0, SCHED_FIFO, &first) != 0)
      policy = -1;
  }
  ~Urgent() {
    if (policy >= 0)
      sched_setscheduler(0, policy, &before);
  }
  Urgent(const Urgent &) = delete;

private:
  int policy;
  sched_param before{};
};

Error errorOf(const Process &process, const patch::Failure &failure) {
  if (!failure)
    return Error::success();
  return StringRef(*failure).starts_with("process ")
             ? createStringError(*failure)
             : process.error(*failure);
}

Error serialise(BorrowedThread &thread) {
  for (int command : {MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE,
                      MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE}) {
    Expected<uint64_t> done =
        thread.systemCall("serialise its threads", SystemCall::Barrier,
                          {uint64_t(command), 0, 0});
    if (!done)
      return done.takeError();
  }
  return Error::success();
}

Error switchWhileRunning(Process &process, const patch::Plan &plan,
                         ArrayRef<const LiveFunction *> functions,
                         BorrowedThread &thread) {
  for (const LiveFunction *function : functions)
    if (function->runsThroughPad)
      return process.error(wantsStop(*function));
  ProcessMemory memory(process);
  patch::Failure failure = plan.run(memory, [&]() -> patch::Failure {
    if (Error error = serialise(thread))
      return toString(std::move(error));
    return std::nullopt;
  });
  if (failure)
    return errorOf(process, failure);
  return serialise(thread);
}

} // namespace

std::string wantsStop(const LiveFunction &function) {
  return function.where +
         ": code may run through its pad, so that it can only be switched "
         "while threads are stopped";
}

Error switchFunctions(Process &process, const patch::Plan &plan,
                      ArrayRef<const LiveFunction *> functions, Report &report,
                      BorrowedThread *thread) {
  if (thread)
    return switchWhileRunning(process, plan, functions, *thread);
  using namespace std::chrono;
  constexpr int kAttempts = 100;
  for (int attempt = 1;; ++attempt) {
    steady_clock::time_point began;
    const LiveFunction *blocked = nullptr;
    pid_t blocking = 0;
    {
      Urgent urgent;
      Expected<StoppedThreads> threads = StoppedThreads::stop(process);
      if (!threads)
        return threads.takeError();
      began = threads->began();
      auto addresses = threads->addresses();
      if (!addresses)
        return addresses.takeError();
      for (const auto &[number, address] : *addresses)
        for (const LiveFunction *function : functions)
          if (patch::isInTheWay(address, function->place)) {
            blocked = function;
            blocking = number;
          }
      if (!blocked) {
        StoppedMemory memory(process);
        if (Error error = errorOf(process, plan.run(memory)))
          return error;
        report.threads = threads->count();
      }
    }
    report.pause += duration<double>(steady_clock::now() - began).count();
    if (!blocked)
      return Error::success();
    if (attempt == kAttempts)
      return process.error("thread " + Twine(blocking) +
                           " stands in the bytes that a patch of " +
                           blocked->where + " changes, and does not leave");
    std::this_thread::sleep_for(milliseconds(1));
  }
}

} // namespace hotpad::live
