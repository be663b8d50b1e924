//===- Nops.h - bytes that do nothing ---------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_X86_NOPS_H
#define HOTPAD_REWRITER_X86_NOPS_H

#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace hotpad::x86 {

/// \p size bytes of NOPs, as few instructions as 9-byte ones allow (Intel SDM
/// volume 2, NOP: recommended multi-byte sequences).
llvm::SmallVector<uint8_t, 16> nops(uint64_t size);

/// The 2-byte NOP of the hot-patch contract.
inline constexpr uint8_t kEntryNop[] = {0x66, 0x90};

} // namespace hotpad::x86

#endif
