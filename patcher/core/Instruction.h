//===- Instruction.h - how long one instruction is --------------*- C++ -*-===//
//
// A patcher that has no disassembler still has to know of a function's first
// instruction whether it is at least two bytes long, and, to run it elsewhere,
// where it ends and which part of it depends on where it stands. That is all
// that is said here. Source: Intel SDM volume 2, chapter 2 and the opcode maps
// of appendix A. What is not in the tables is refused, never guessed.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_CORE_INSTRUCTION_H
#define HOTPAD_PATCHER_CORE_INSTRUCTION_H

#include "patcher/core/Encoding.h"
#include <span>

namespace hotpad::patch {

inline constexpr unsigned kLongestInstruction = 15;

struct Instruction {
  enum Kind : uint8_t {
    Plain,
    Jump,         ///< jmp to `displacement` from the end.
    Conditional,  ///< jcc, likewise.
    Counted,      ///< loop, loope, loopne, jcxz: likewise, one byte of it.
    Call,         ///< call, likewise.
    IndirectCall, ///< call through a register or memory.
  };
  Kind kind = Plain;
  unsigned length = 0;
  unsigned opcode = 0;      ///< Offset of the last opcode byte.
  unsigned modrm = 0;       ///< Offset of the ModRM byte; 0: none.
  unsigned ripRelative = 0; ///< Offset of the field; 0: none. 4 bytes.
  int64_t displacement = 0; ///< Of a branch, or of `ripRelative`.
};

/// The instruction that \p bytes begin with; nothing when it is not known or
/// they end before it does.
std::optional<Instruction> decodeInstruction(Bits bits,
                                             std::span<const uint8_t> bytes);

} // namespace hotpad::patch

#endif
