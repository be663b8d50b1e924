//===- BorrowedThread.cpp -------------------------------------------------===//

#include "patcher/linux/BorrowedThread.h"
#include "llvm/ADT/STLExtras.h"
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/mman.h>
#include <thread>

using namespace llvm;

namespace hotpad::live {

namespace {

constexpr uint64_t kPageSize = 4096, kRegionSize = 1 << 20;
constexpr uint64_t kStringsBegin = kPageSize, kStringsEnd = 4 * kPageSize;

constexpr StringRef kVdso = "[vdso]";

/// Where one of \p codes stands in executable memory, and which.
Expected<std::pair<uint64_t, size_t>>
findCode(const Process &process, ArrayRef<ArrayRef<uint8_t>> codes,
         const char *what) {
  Expected<std::vector<Mapping>> maps = process.maps();
  if (!maps)
    return maps.takeError();
  for (const Mapping &mapping : *maps) {
    if (!mapping.executable || !mapping.readable ||
        (mapping.inode == 0 && mapping.path != kVdso))
      continue;
    std::vector<uint8_t> memory(mapping.end - mapping.begin);
    if (Error error = process.read(mapping.begin, memory)) {
      consumeError(std::move(error)); // behind the end of a file
      continue;
    }
    for (size_t i = 0; i != codes.size(); ++i) {
      auto at = std::search(memory.begin(), memory.end(), codes[i].begin(),
                            codes[i].end());
      if (at != memory.end())
        return std::pair(
            mapping.begin + static_cast<uint64_t>(at - memory.begin()), i);
    }
  }
  return process.error(
      Twine("no thread of it can be borrowed: its code has no ") + what);
}

bool isSuitable(const Abi &abi, const Registers &registers,
                ArrayRef<Mapping> maps,
                BorrowedThread::MayHoldLocks mayHoldLocks) {
  if (registers.cs != abi.codeSegment)
    return false;
  bool waits = isRestarted(abi, registers) &&
               !is_contained(abi.lockWaits, abi.word(registers.orig_rax));
  bool isInVdso = any_of(maps, [&](const Mapping &mapping) {
    return mapping.path == kVdso && registers.rip >= mapping.begin &&
           registers.rip < mapping.end;
  });
  if (!waits &&
      ((isInVdso && abi.callsThroughVdso) || mayHoldLocks(registers.rip)))
    return false;
  constexpr uint64_t kFrameRoom = 20000; // red zone, frame, XSAVE area
  return any_of(maps, [&](const Mapping &mapping) {
    return mapping.writable && registers.rsp >= mapping.begin + kFrameRoom &&
           registers.rsp <= mapping.end;
  });
}

Expected<uint64_t> resultOf(const Process &process, const char *name,
                            uint64_t result) {
  int64_t value = process.abi().signedWord(result);
  if (value >= 0 || value <= -4096)
    return process.abi().word(result);
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
      if (!isSuitable(process.abi(), state->registers, *maps, mayHoldLocks))
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
  SmallVector<ArrayRef<uint8_t>, 2> codes;
  for (const Abi::SystemCallReturn &one : abi.systemCallReturns)
    codes.push_back(one.code);
  auto code = findCode(process, codes, "system call that returns at once");
  if (!code)
    return code.takeError();
  systemCallReturn = code->first;
  systemCallWords = abi.systemCallReturns[code->second].words;
  auto signalReturn =
      findCode(process, abi.signalReturnCode, "return from signal handlers");
  if (!signalReturn)
    return signalReturn.takeError();
  ownFrame = makeSignalFrame(abi, state, state.registers.rsp - abi.redZone,
                             signalReturn->first);
  if (Error error = process.write(ownFrame.address, ownFrame.bytes))
    return error;

  Expected<uint64_t> memory = systemCallOnItsStack(
      "map memory", SystemCall::Map,
      {0, kRegionSize, PROT_READ | PROT_WRITE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, ~uint64_t(0), 0});
  if (!memory)
    return memory.takeError();
  region = *memory;
  nextString = region + kStringsBegin;
  if (Error error = process.write(region, abi.caller.code))
    return error;
  regionFrame = makeSignalFrame(abi, state, region + kRegionSize, 0);
  if (Error error = process.write(regionFrame.address, regionFrame.bytes))
    return error;
  Expected<uint64_t> done =
      systemCallOnItsStack("make memory executable", SystemCall::Protect,
                           {region, kPageSize, PROT_READ | PROT_EXEC});
  return done ? Error::success() : done.takeError();
}

static void putArguments(const Abi &abi, Registers &registers,
                         ArrayRef<Register> places,
                         ArrayRef<uint64_t> arguments) {
  for (size_t i = 0; i != places.size(); ++i)
    registers.*places[i] = i < arguments.size() ? abi.word(arguments[i]) : 0;
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
BorrowedThread::systemCallOnItsStack(const char *name, SystemCall call,
                                     ArrayRef<uint64_t> arguments) {
  Registers registers = freshStart(state.registers);
  registers.rip = systemCallReturn;
  registers.rsp = ownFrame.address - systemCallWords * abi.wordSize;
  registers.rax = abi.number(call);
  putArguments(abi, registers, abi.systemCallArguments, arguments);
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
    if (now->rip != region + abi.caller.end ||
        abi.word(now->orig_rax) != abi.signalReturn)
      continue;
    // It is about to return from the handler that it seems to be in: not yet.
    uint64_t result = (*now).*abi.caller.result;
    now->orig_rax = ~0ull;
    if (Error error = thread->setRegisters(*now))
      return error;
    if (Error error = thread->runToSystemCall())
      return error;
    return result;
  }
}

Expected<uint64_t> BorrowedThread::systemCall(const char *name, SystemCall call,
                                              ArrayRef<uint64_t> arguments) {
  Registers registers = freshStart(state.registers);
  registers.rip = region + abi.caller.systemCall;
  registers.rsp = regionFrame.address + abi.wordSize;
  registers.rax = abi.number(call);
  putArguments(abi, registers, abi.systemCallArguments, arguments);
  Expected<uint64_t> result = runRegion(registers);
  return result ? resultOf(process, name, *result) : std::move(result);
}

Expected<uint64_t> BorrowedThread::call(uint64_t address,
                                        ArrayRef<uint64_t> arguments) {
  Registers registers = freshStart(state.registers);
  registers.rip = region + abi.caller.call;
  registers.rsp = regionFrame.address + abi.wordSize;
  registers.*abi.caller.function = address;
  registers.rax = 0;
  putArguments(abi, registers, abi.callArguments, arguments);
  if (abi.caller.stack) {
    registers.*abi.caller.stack = registers.rsp;
    std::vector<uint8_t> words = abi.stackArguments(arguments);
    registers.rsp -= words.size();
    if (Error error = process.write(registers.rsp, words))
      return error;
  }
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
    Expected<uint64_t> done = systemCallOnItsStack(
        "unmap memory", SystemCall::Unmap, {region, kRegionSize});
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
