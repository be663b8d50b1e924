//===- Threads.cpp --------------------------------------------------------===//

#include "patcher/linux/Threads.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

using namespace llvm;

namespace hotpad::live {

Error Thread::request(int what, void *address, void *data,
                      const char *name) const {
  if (ptrace(static_cast<__ptrace_request>(what), id, address, data) != -1)
    return Error::success();
  if (errno == ESRCH)
    return process.error("thread " + Twine(id) + " ended");
  return process.error(Twine(name) + " of thread " + Twine(id) +
                       " failed: " + std::strerror(errno));
}

Expected<std::unique_ptr<Thread>> Thread::seize(const Process &process,
                                                pid_t number) {
  std::unique_ptr<Thread> thread(new Thread(process, number));
  if (ptrace(PTRACE_SEIZE, number, nullptr, PTRACE_O_TRACESYSGOOD) == 0)
    return thread;
  int code = errno;
  thread->gone = true;
  if (code == ESRCH)
    return nullptr;
  // What became a zombie meanwhile may not be seized, either.
  if (!process.isAlive(number))
    return nullptr;
  if (pid_t tracer = process.tracerOf(number))
    return process.error("process " + Twine(tracer) +
                         " traces it, a debugger or another patcher, and only "
                         "one at a time can");
  return process.error("thread " + Twine(number) +
                       " cannot be seized: " + std::strerror(code));
}

Thread::~Thread() {
  // Only a stopped thread can be let go.
  if (!gone && !stopped) {
    Error error = interrupt();
    if (!error)
      error = waitUntilStopped();
    consumeError(std::move(error));
  }
  if (!gone)
    ptrace(PTRACE_DETACH, id, nullptr, nullptr);
}

Error Thread::interrupt() {
  return request(PTRACE_INTERRUPT, nullptr, nullptr, "interrupting");
}

Error Thread::resume() {
  stopped = false;
  return request(PTRACE_CONT, nullptr, nullptr, "resuming");
}

Error Thread::waitForStop(int &status) {
  stopped = false;
  while (waitpid(id, &status, __WALL) < 0)
    if (errno != EINTR) {
      gone = true;
      return process.error("thread " + Twine(id) + " ended");
    }
  if (WIFSTOPPED(status))
    stopped = true;
  else
    gone = true;
  return Error::success();
}

Error Thread::waitUntilStopped() {
  for (;;) {
    int status = 0;
    if (Error error = waitForStop(status))
      return error;
    if (gone || status >> 16 == PTRACE_EVENT_STOP)
      return Error::success();
    // A signal that was about to be delivered, or the exit of a system call
    // that runToSystemCall() led to.
    int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80))
      signal = 0;
    if (Error error =
            request(PTRACE_CONT, nullptr,
                    reinterpret_cast<void *>(intptr_t(signal)), "resuming"))
      return error;
  }
}

Error Thread::runToSystemCall() {
  int signal = 0;
  for (;;) {
    if (Error error =
            request(PTRACE_SYSCALL, nullptr,
                    reinterpret_cast<void *>(intptr_t(signal)), "resuming"))
      return error;
    int status = 0;
    if (Error error = waitForStop(status))
      return error;
    if (gone)
      return process.error("it ended");
    if (WSTOPSIG(status) == (SIGTRAP | 0x80))
      return Error::success();
    signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
  }
}

Expected<Registers> Thread::registers() const {
  Registers registers{};
  if (Error error =
          request(PTRACE_GETREGS, nullptr, &registers, "reading registers"))
    return error;
  return registers;
}

Error Thread::setRegisters(const Registers &registers) {
  return request(PTRACE_SETREGS, nullptr, const_cast<Registers *>(&registers),
                 "setting registers");
}

Expected<std::vector<uint8_t>> Thread::vectorRegisters() const {
  std::vector<uint8_t> state(16384);
  iovec range{state.data(), state.size()};
  if (Error error =
          request(PTRACE_GETREGSET, reinterpret_cast<void *>(NT_X86_XSTATE),
                  &range, "reading registers"))
    return error;
  state.resize(range.iov_len);
  return state;
}

Error Thread::setVectorRegisters(MutableArrayRef<uint8_t> state) {
  iovec range{state.data(), state.size()};
  return request(PTRACE_SETREGSET, reinterpret_cast<void *>(NT_X86_XSTATE),
                 &range, "setting registers");
}

Expected<uint64_t> Thread::signalMask() const {
  uint64_t mask = 0;
  if (Error error = request(PTRACE_GETSIGMASK, reinterpret_cast<void *>(8),
                            &mask, "reading the signal mask"))
    return error;
  return mask;
}

Error Thread::setSignalMask(uint64_t mask) {
  return request(PTRACE_SETSIGMASK, reinterpret_cast<void *>(8), &mask,
                 "setting the signal mask");
}

Expected<StoppedThreads> StoppedThreads::stop(const Process &process) {
  StoppedThreads stopped;
  // A thread that is not yet stopped may start another one.
  for (;;) {
    Expected<std::vector<pid_t>> numbers = process.threads();
    if (!numbers)
      return numbers.takeError();
    std::vector<Thread *> fresh;
    for (pid_t number : *numbers) {
      if (stopped.threads.count(number))
        continue;
      Expected<std::unique_ptr<Thread>> thread = Thread::seize(process, number);
      if (!thread)
        return thread.takeError();
      if (!*thread)
        continue;
      fresh.push_back(thread->get());
      stopped.threads[number] = std::move(*thread);
    }
    if (fresh.empty())
      break;
    // All are seized, which they do not notice, before the first has to stop.
    if (stopped.beginning == decltype(stopped.beginning)())
      stopped.beginning = std::chrono::steady_clock::now();
    for (Thread *thread : fresh)
      if (Error error = thread->interrupt())
        consumeError(std::move(error)); // it ended, as the wait will find
    for (Thread *thread : fresh)
      if (Error error = thread->waitUntilStopped())
        return error;
  }
  std::erase_if(stopped.threads,
                [](const auto &entry) { return entry.second->ended(); });
  if (stopped.threads.empty())
    return process.error("it ended");
  return stopped;
}

Expected<std::vector<std::pair<pid_t, uint64_t>>>
StoppedThreads::addresses() const {
  std::vector<std::pair<pid_t, uint64_t>> result;
  for (const auto &[number, thread] : threads) {
    Expected<Registers> registers = thread->registers();
    if (!registers)
      return registers.takeError();
    result.push_back({number, registers->rip});
  }
  return result;
}

} // namespace hotpad::live
