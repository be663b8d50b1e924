//===- BorrowedThread.cpp -------------------------------------------------===//

#include "patcher/linux/BorrowedThread.h"
#include "llvm/ADT/STLExtras.h"
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <thread>

using namespace llvm;

namespace hotpad::live {

namespace {

constexpr uint64_t kPageSize = 4096, kRegionSize = 1 << 20;
constexpr uint64_t kStringsBegin = kPageSize, kStringsEnd = 4 * kPageSize;

constexpr uint8_t kRegionCode[] = {
    0xff, 0xd3,                   //  0         call *%rbx
    0xeb, 0x02,                   //  2         jmp 6
    0x0f, 0x05,                   //  4         syscall
    0x49, 0x89, 0xc4,             //  6         mov %rax, %r12
    0xb8, 0x0f, 0x00, 0x00, 0x00, //  9  again: mov $15, %eax  (rt_sigreturn)
    0x0f, 0x05,                   // 14         syscall
    0xeb, 0xf7,                   // 16         jmp again
};
constexpr uint64_t kCallOffset = 0, kSystemCallOffset = 4, kEndOffset = 16;

constexpr uint8_t kSystemCallReturn[] = {0x0f, 0x05, 0xc3};
constexpr uint8_t kSignalReturn[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00,
                                     0x00, 0x00, 0x0f, 0x05};

/// Where \p bytes stand in executable memory.
Expected<uint64_t> findCode(const Process &process, ArrayRef<uint8_t> bytes,
                            const char *what) {
  Expected<std::vector<Mapping>> maps = process.maps();
  if (!maps)
    return maps.takeError();
  for (const Mapping &mapping : *maps) {
    if (!mapping.executable || !mapping.readable || mapping.inode == 0)
      continue;
    std::vector<uint8_t> memory(mapping.end - mapping.begin);
    if (Error error = process.read(mapping.begin, memory)) {
      consumeError(std::move(error)); // behind the end of a file
      continue;
    }
    auto at =
        std::search(memory.begin(), memory.end(), bytes.begin(), bytes.end());
    if (at != memory.end())
      return mapping.begin + static_cast<uint64_t>(at - memory.begin());
  }
  return process.error(
      Twine("no thread of it can be borrowed: its code has no ") + what);
}

bool isSuitable(const Registers &registers, ArrayRef<Mapping> maps,
                BorrowedThread::MayHoldLocks mayHoldLocks) {
  constexpr uint64_t kCode64 = 0x33;
  if (registers.cs != kCode64)
    return false;
  bool waits = isRestarted(registers) && registers.orig_rax != SYS_futex;
  if (!waits && mayHoldLocks(registers.rip))
    return false;
  constexpr uint64_t kFrameRoom = 20000; // red zone, frame, XSAVE area
  return any_of(maps, [&](const Mapping &mapping) {
    return mapping.writable && registers.rsp >= mapping.begin + kFrameRoom &&
           registers.rsp <= mapping.end;
  });
}

Expected<uint64_t> resultOf(const Process &process, const char *name,
                            uint64_t result) {
  int64_t value = static_cast<int64_t>(result);
  if (value >= 0 || value <= -4096)
    return result;
  int code = static_cast<int>(-value);
  bool isForbidden = code == EPERM || code == EACCES;
  return process.error(Twine("it may not ") + name + ": " +
                       std::strerror(code) +
                       (isForbidden ? ": a rule of its own forbids it (a "
                                      "seccomp filter, PR_SET_MDWE)"
                                    : ""));
}

} // namespace

Expected<std::unique_ptr<BorrowedThread>>
BorrowedThread::borrow(Process &process, MayHoldLocks mayHoldLocks) {
  if (process.hasShadowStack())
    return process.error("no thread of it can be borrowed: they have shadow "
                         "stacks (CET), which allow returns to callers only");
  using namespace std::chrono;
  auto deadline = steady_clock::now() + seconds(3);
  do {
    Expected<std::vector<pid_t>> numbers = process.threads();
    if (!numbers)
      return numbers.takeError();
    Expected<std::vector<Mapping>> maps = process.maps();
    if (!maps)
      return maps.takeError();
    for (pid_t number : *numbers) {
      Expected<std::unique_ptr<Thread>> thread = Thread::seize(process, number);
      if (!thread)
        return thread.takeError();
      if (!*thread)
        continue;
      if (Error error = (*thread)->interrupt())
        return error;
      if (Error error = (*thread)->waitUntilStopped())
        return error;
      if ((*thread)->ended())
        continue;
      Expected<ThreadState> state = ThreadState::of(**thread);
      if (!state)
        return state.takeError();
      if (!isSuitable(state->registers, *maps, mayHoldLocks))
        continue;
      std::unique_ptr<BorrowedThread> borrowed(
          new BorrowedThread(process, std::move(*thread), std::move(*state)));
      if (Error error = borrowed->prepare())
        return error;
      return borrowed;
    }
    std::this_thread::sleep_for(milliseconds(5));
  } while (steady_clock::now() < deadline);
  return process.error(
      "no thread of it can be borrowed: for 3 seconds, each was inside the "
      "allocator or the loader, or waited for a lock");
}

Error BorrowedThread::prepare() {
  Expected<uint64_t> code =
      findCode(process, kSystemCallReturn, "system call that returns at once");
  if (!code)
    return code.takeError();
  systemCallReturn = *code;
  Expected<uint64_t> signalReturn =
      findCode(process, kSignalReturn, "return from signal handlers");
  if (!signalReturn)
    return signalReturn.takeError();
  ownFrame = makeSignalFrame(state, state.registers.rsp - 128, *signalReturn);
  if (Error error = process.write(ownFrame.address, ownFrame.bytes))
    return error;

  Expected<uint64_t> memory = systemCallOnItsStack(
      "map memory", SYS_mmap,
      {0, kRegionSize, PROT_READ | PROT_WRITE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, ~uint64_t(0), 0});
  if (!memory)
    return memory.takeError();
  region = *memory;
  nextString = region + kStringsBegin;
  if (Error error = process.write(region, kRegionCode))
    return error;
  regionFrame = makeSignalFrame(state, region + kRegionSize, 0);
  if (Error error = process.write(regionFrame.address, regionFrame.bytes))
    return error;
  Expected<uint64_t> done =
      systemCallOnItsStack("make memory executable", SYS_mprotect,
                           {region, kPageSize, PROT_READ | PROT_EXEC});
  return done ? Error::success() : done.takeError();
}

static void putArguments(Registers &registers, ArrayRef<uint64_t> arguments,
                         bool isSystemCall) {
  unsigned long long *places[] = {
      &registers.rdi, &registers.rsi,
      &registers.rdx, isSystemCall ? &registers.r10 : &registers.rcx,
      &registers.r8,  &registers.r9};
  for (size_t i = 0; i != std::size(places); ++i)
    *places[i] = i < arguments.size() ? arguments[i] : 0;
}

/// Registers for a thread that begins something new.
static Registers freshStart(const Registers &old) {
  constexpr uint64_t kTrapFlag = 0x100, kDirectionFlag = 0x400;
  Registers registers = old;
  registers.orig_rax = ~0ull; // in no system call
  registers.eflags &= ~(kTrapFlag | kDirectionFlag);
  return registers;
}

Expected<uint64_t>
BorrowedThread::systemCallOnItsStack(const char *name, uint64_t number,
                                     ArrayRef<uint64_t> arguments) {
  Registers registers = freshStart(state.registers);
  registers.rip = systemCallReturn;
  registers.rsp = ownFrame.address;
  registers.rax = number;
  putArguments(registers, arguments, /*isSystemCall=*/true);
  if (Error error = thread->setRegisters(registers))
    return error;
  // No handler shall run, and perhaps jump out of, what the thread does now.
  if (!isAway)
    if (Error error = thread->setSignalMask(~uint64_t(0)))
      return error;
  isAway = true;
  for (int stop = 0; stop != 2; ++stop) // at the entry, at the exit
    if (Error error = thread->runToSystemCall())
      return error;
  Expected<Registers> now = thread->registers();
  if (!now)
    return now.takeError();
  return resultOf(process, name, now->rax);
}

Expected<uint64_t> BorrowedThread::runRegion(const Registers &start) {
  if (Error error = thread->setRegisters(start))
    return error;
  for (;;) {
    if (Error error = thread->runToSystemCall())
      return error;
    Expected<Registers> now = thread->registers();
    if (!now)
      return now.takeError();
    if (now->rip != region + kEndOffset || now->orig_rax != SYS_rt_sigreturn)
      continue;
    // It is about to return from the handler that it seems to be in: not yet.
    uint64_t result = now->r12;
    now->orig_rax = ~0ull;
    if (Error error = thread->setRegisters(*now))
      return error;
    if (Error error = thread->runToSystemCall())
      return error;
    return result;
  }
}

Expected<uint64_t> BorrowedThread::systemCall(const char *name, uint64_t number,
                                              ArrayRef<uint64_t> arguments) {
  Registers registers = freshStart(state.registers);
  registers.rip = region + kSystemCallOffset;
  registers.rsp = regionFrame.stackPointer();
  registers.rax = number;
  putArguments(registers, arguments, /*isSystemCall=*/true);
  Expected<uint64_t> result = runRegion(registers);
  return result ? resultOf(process, name, *result) : std::move(result);
}

Expected<uint64_t> BorrowedThread::call(uint64_t address,
                                        ArrayRef<uint64_t> arguments) {
  Registers registers = freshStart(state.registers);
  registers.rip = region + kCallOffset;
  registers.rsp = regionFrame.stackPointer();
  registers.rbx = address;
  registers.rax = 0;
  putArguments(registers, arguments, /*isSystemCall=*/false);
  return runRegion(registers);
}

Expected<uint64_t> BorrowedThread::putString(StringRef text) {
  if (nextString + text.size() + 1 > region + kStringsEnd)
    return process.error("a name of " + Twine(text.size()) +
                         " bytes is too long");
  std::vector<uint8_t> bytes(text.begin(), text.end());
  bytes.push_back(0);
  uint64_t address = nextString;
  nextString += bytes.size();
  if (Error error = process.write(address, bytes))
    return error;
  return address;
}

Error BorrowedThread::giveBack() {
  if (!thread || thread->ended())
    return Error::success();
  if (region != 0) {
    Expected<uint64_t> done =
        systemCallOnItsStack("unmap memory", SYS_munmap, {region, kRegionSize});
    if (!done)
      return done.takeError();
    region = 0;
  }
  if (isAway) {
    if (Error error = thread->interrupt())
      return error;
    if (Error error = thread->resume())
      return error;
    if (Error error = thread->waitUntilStopped())
      return error;
    if (thread->ended())
      return Error::success();
    if (Error error = thread->setVectorRegisters(state.vectors))
      return error;
    if (Error error = thread->setSignalMask(state.signalMask))
      return error;
    if (Error error = thread->setRegisters(state.registers))
      return error;
    isAway = false;
  }
  thread.reset();
  return Error::success();
}

BorrowedThread::~BorrowedThread() { consumeError(giveBack()); }

} // namespace hotpad::live
