//===- Detour.h - a function's first instruction, elsewhere -----*- C++ -*-===//
//
// A detour does what the first instruction of a function does, and goes on
// behind it. What depends on where it stands is encoded anew: rip-relative
// operands, branches, and calls, which push the return address of the original,
// so that whoever unwinds sees no detour.
//
// A detour may count how often it is entered. Between functions that a compiler
// has made nobody relies on flags, or on the 128 bytes below the stack pointer
// of 64-bit code; but a function may also be what hand-written code or a part
// of another function jumps to. So both stay as they are.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_DETOUR_DETOUR_H
#define HOTPAD_PATCHER_DETOUR_DETOUR_H

#include "patcher/core/Encoding.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace hotpad::live {

/// Room that every detour has.
inline constexpr uint64_t kDetourSize = 64;

/// The code at \p address that stands in for the instruction at \p site, of
/// whose \p bytes there are 15 or as many as there are. It adds 1 to the 8
/// bytes at \p counter, and no thread's is lost; 0: it counts nothing. (32-bit
/// code adds to the upper half a moment later.)
/// Fails when that instruction cannot be moved, or what is named is out of
/// reach.
llvm::Expected<std::vector<uint8_t>> makeDetour(patch::Bits bits,
                                                llvm::ArrayRef<uint8_t> bytes,
                                                uint64_t site, uint64_t address,
                                                uint64_t counter = 0);

} // namespace hotpad::live

#endif
