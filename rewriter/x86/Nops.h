//===- Nops.h - bytes that do nothing ---------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_X86_NOPS_H
#define HOTPAD_REWRITER_X86_NOPS_H

#include "rewriter/core/Arch.h"
#include "llvm/ADT/SmallVector.h"

namespace hotpad::x86 {

/// \p size bytes of NOPs, as few instructions as the longest allow. 64-bit: up
/// to 9 bytes (Intel SDM volume 2, NOP: recommended multi-byte sequences).
/// 32-bit: up to 7 bytes of `lea` to itself, as GNU as pads code for processors
/// older than the long NOP.
llvm::SmallVector<uint8_t, 16> nops(Arch arch, uint64_t size);

/// The 2-byte NOP of the hot-patch contract.
inline constexpr uint8_t kEntryNop[] = {0x66, 0x90};

} // namespace hotpad::x86

#endif
