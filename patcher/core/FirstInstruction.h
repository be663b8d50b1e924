//===- FirstInstruction.h - a function's first one, elsewhere ---*- C++ -*-===//
//
// A detour does what the first instruction of a function does, and goes on
// behind it. What depends on where it stands is encoded anew: rip-relative
// operands, branches, and calls, which push the return address of the original,
// so that whoever unwinds sees no detour. For patchers without a disassembler.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_CORE_FIRSTINSTRUCTION_H
#define HOTPAD_PATCHER_CORE_FIRSTINSTRUCTION_H

#include "patcher/core/Instruction.h"
#include <vector>

namespace hotpad::patch {

/// Room that every detour has.
inline constexpr unsigned kDetourRoom = 64;

/// The code at \p address that stands in for the instruction at \p site, of
/// whose \p bytes there are 15 or as many as there are. When there can be none,
/// nothing, and \p why says why not.
std::optional<std::vector<uint8_t>>
moveFirstInstruction(Bits bits, std::span<const uint8_t> bytes, uint64_t site,
                     uint64_t address, const char *&why);

/// The same for an instruction that is known: all of \p code.
std::optional<std::vector<uint8_t>>
moveInstruction(Bits bits, std::span<const uint8_t> code,
                const Instruction &instruction, uint64_t site, uint64_t address,
                const char *&why);

} // namespace hotpad::patch

#endif
