//===- Padding.h - what may stand before an entry ---------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_CORE_PADDING_H
#define HOTPAD_PATCHER_CORE_PADDING_H

#include "patcher/core/Instruction.h"

namespace hotpad::patch {

/// Whether the bytes before an entry are nothing but int3 and whole NOPs, or a
/// short jump over some of them to the entry.
bool isPadding(Bits bits, const PadBytes &pad);

/// Whether code may run through \p pad, which is padding: it is not int3 alone.
bool mayBeRun(const PadBytes &pad);

} // namespace hotpad::patch

#endif
