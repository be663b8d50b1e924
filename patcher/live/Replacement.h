//===- Replacement.h - functions, and what shall replace them ---*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LIVE_REPLACEMENT_H
#define HOTPAD_PATCHER_LIVE_REPLACEMENT_H

#include "patcher/linux/Patch.h"
#include "patcher/live/LiveProcess.h"

namespace hotpad::live {

/// One function, and what shall replace it.
struct Wanted {
  const LiveFunction *function = nullptr;
  std::string replacement; ///< Its name in the patch.
  patch::State state;
  uint64_t slot = 0; ///< A free one, or the function's own.
};

/// Whether patching the function is possible at all.
llvm::Error refuse(const Process &process, const LiveFunction &function,
                   const patch::State &state);

/// The state of each function, and a slot for it. Fails when one cannot be
/// replaced, or is by this very patch.
llvm::Error findSlots(const LiveProcess &live, const std::string &path,
                      uint64_t hash, std::vector<Wanted> &wanted);

/// Brings the patch and its record into the process and switches the functions;
/// what fails leaves nothing behind.
llvm::Error replaceFunctions(LiveProcess &live, Patch &patch,
                             llvm::ArrayRef<Wanted> wanted, Record &record,
                             bool noStop, Report &report);

} // namespace hotpad::live

#endif
