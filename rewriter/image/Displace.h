//===- Displace.h - a few instructions, moved elsewhere ---------*- C++ -*-===//
//
// Where a function lacks little, it stays where it is, and only some of its
// instructions move, those at its entry or at its end:
//
//     f: jmp 1f  cc..             1: the instructions that were at f
//     2: ...the rest                 jmp 2b
//
// They have to do there what they did: what is measured from the instruction
// pointer is measured anew, short branches grow. A call returns to its new
// place, so whoever wants to know where it was called from must not be called.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_IMAGE_DISPLACE_H
#define HOTPAD_REWRITER_IMAGE_DISPLACE_H

#include "rewriter/image/Lift.h"
#include <optional>

namespace hotpad::image {

/// Instructions of one function that move, and leave a jump behind.
struct DisplacedCode {
  const Function *function = nullptr;
  uint64_t begin = 0, end = 0; ///< Old offsets, of whole instructions.
  /// What the jump leaves free up to here becomes int3.
  uint64_t freeEnd = 0;
  LiftedFunction lifted;
  LiftedCode code;
  uint64_t jumpBack =
      0;                ///< Size of the jump behind them; 0: they do not go on.
  uint64_t address = 0; ///< Where they move to.

  bool isEntry() const { return begin == function->site; }
  /// Takes the map out.
  CodeCopy takeCopy() {
    CodeCopy result{function->section, begin, end, address,
                    std::move(lifted.map)};
    result.isPart = true;
    result.jumpBack = jumpBack;
    return result;
  }
};

/// Makes the code that takes the place of the instructions in [begin, end) of
/// \p function, behind which control goes on at \p next. Nothing when they
/// would not do what they did.
std::optional<DisplacedCode> displace(const Binary &binary,
                                      const Function &function, uint64_t begin,
                                      uint64_t end, uint64_t next);

} // namespace hotpad::image

#endif
