//===- UnwindInfo.h - UNWIND_INFO of 64-bit Windows -------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_UNWINDINFO_H
#define HOTPAD_REWRITER_METADATA_UNWINDINFO_H

#include "rewriter/core/Binary.h"
#include "llvm/Support/Win64EH.h"
#include <optional>

namespace hotpad::metadata {

/// Slots of 2 bytes that an operation takes, its own included; 0: unknown.
unsigned slotsOf(uint8_t operation, uint8_t info);

/// See WinUnwind.cpp for the format.
struct UnwindInfo {
  uint8_t version = 0, flags = 0, prologSize = 0, frame = 0;
  llvm::ArrayRef<uint8_t> codes; ///< 2 bytes for each slot.
  uint64_t tail = 0; ///< Offset of the chained record, or of the handler.

  bool isChained() const { return flags & llvm::Win64EH::UNW_ChainInfo; }
  bool hasHandler() const {
    return !isChained() && (flags & (llvm::Win64EH::UNW_ExceptionHandler |
                                     llvm::Win64EH::UNW_TerminateHandler));
  }
  /// Bytes of the frame that the prolog allocates at once.
  uint64_t allocated() const;
};

/// The one at \p info; nothing when it is malformed or runs past the section.
std::optional<UnwindInfo> readUnwindInfo(const Binary &binary, Place info);

} // namespace hotpad::metadata

#endif
