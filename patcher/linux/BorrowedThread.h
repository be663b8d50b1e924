//===- BorrowedThread.h - calls made by a thread of the process -*- C++ -*-===//
//
// Some things only the process can do for itself: map memory, load a library.
// One of its threads is borrowed for them, while all others run on. It gets
// what it would get for a signal handler, a frame from which rt_sigreturn
// restores all it had (SignalFrame.h), and then it is sent to what is to be
// called:
//
//      its stack:  ...what it had | red zone, if any | signal frame
//      first:      `syscall; ret` of some library, or the end of the vdso's
//                  __kernel_vsyscall in 32-bit code, returning into the code
//                  that returns from signal handlers, maps a region of its own
//      region:     a page of code (below) and a stack with a signal frame
//      then:       the page of code makes any call, and ends in rt_sigreturn
//
// So there is no moment at which the patcher's death leaves the thread astray:
// it ends the call it is in, and goes on with what it did. (A system call that
// it waited in, and that counts time as it goes, such as nanosleep, then ends
// early with EINTR, as behind any signal handler. And the region stays mapped.)
// With the patcher alive, all registers are put back as they were, so that the
// program cannot tell.
//
// The called function may want locks: malloc's, the loader's. The borrowed
// thread must not be inside what holds them: it waits in a system call for
// something other than a lock, or it runs code of an image that has neither.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LINUX_BORROWEDTHREAD_H
#define HOTPAD_PATCHER_LINUX_BORROWEDTHREAD_H

#include "patcher/linux/SignalFrame.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace hotpad::live {

class BorrowedThread {
public:
  /// Whether code at an address may hold the locks of malloc or the loader.
  using MayHoldLocks = llvm::function_ref<bool(uint64_t address)>;

  /// Tries all threads, for some seconds.
  static llvm::Expected<std::unique_ptr<BorrowedThread>>
  borrow(Process &process, MayHoldLocks mayHoldLocks);
  ~BorrowedThread();

  /// What the system call returns; what it fails with is an error that begins
  /// with \p name.
  llvm::Expected<uint64_t> systemCall(const char *name, SystemCall call,
                                      llvm::ArrayRef<uint64_t> arguments);
  /// Calls the function at \p address (at most 6 arguments, all integers).
  llvm::Expected<uint64_t> call(uint64_t address,
                                llvm::ArrayRef<uint64_t> arguments);
  /// Copies \p text with a zero behind it to where calls can read it, until the
  /// thread is given back.
  llvm::Expected<uint64_t> putString(llvm::StringRef text);

  /// Not given back yet.
  bool isHeld() const { return thread && !thread->ended(); }

  /// Takes back the region and lets the thread go on where it was. Nothing may
  /// be asked of it afterwards.
  llvm::Error giveBack();

private:
  BorrowedThread(Process &process, std::unique_ptr<Thread> thread,
                 ThreadState state)
      : process(process), abi(process.abi()), thread(std::move(thread)),
        state(std::move(state)) {}
  llvm::Error prepare();
  llvm::Expected<uint64_t> systemCallOnItsStack(const char *name,
                                                SystemCall call,
                                                llvm::ArrayRef<uint64_t> args);
  llvm::Expected<uint64_t> runRegion(const Registers &start);

  Process &process;
  const Abi &abi;
  std::unique_ptr<Thread> thread;
  ThreadState state;
  bool isAway = false;           ///< It stands somewhere else than it did.
  uint64_t systemCallReturn = 0; ///< Address of such code (Abi.h).
  uint64_t systemCallWords = 0;  ///< That it takes from the stack.
  SignalFrame ownFrame, regionFrame;
  uint64_t region = 0, nextString = 0;
};

} // namespace hotpad::live

#endif
