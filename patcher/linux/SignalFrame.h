//===- SignalFrame.h - a way back for a borrowed thread ---------*- C++ -*-===//
//
// What the kernel puts on the stack for a signal handler: all registers of a
// thread, which rt_sigreturn takes back. A thread that has such a frame above
// its stack pointer finds the way back to what it did on its own, whatever
// becomes of the patcher.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LINUX_SIGNALFRAME_H
#define HOTPAD_PATCHER_LINUX_SIGNALFRAME_H

#include "patcher/linux/Threads.h"

namespace hotpad::live {

/// Everything that a thread has to have again.
struct ThreadState {
  Registers registers{};
  std::vector<uint8_t> vectors; ///< As XSAVE writes them.
  uint64_t signalMask = 0;

  static llvm::Expected<ThreadState> of(const Thread &thread);
};

struct SignalFrame {
  /// Of its first word: where a handler returns to. rt_sigreturn wants the
  /// stack pointer behind that word.
  uint64_t address = 0;
  std::vector<uint8_t> bytes; ///< At `address`.
};

/// A frame that ends below \p top and leads back to \p state; its first word is
/// \p returnAddress.
SignalFrame makeSignalFrame(const Abi &abi, const ThreadState &state,
                            uint64_t top, uint64_t returnAddress);

/// Whether the thread waits in a system call that the kernel will restart.
bool isRestarted(const Abi &abi, const Registers &registers);

} // namespace hotpad::live

#endif
