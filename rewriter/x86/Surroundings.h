//===- Surroundings.h - what stands before each entry -----------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_X86_SURROUNDINGS_H
#define HOTPAD_REWRITER_X86_SURROUNDINGS_H

#include "rewriter/core/Binary.h"

namespace hotpad::x86 {

/// After decoding: finds what stands directly before each entry
/// (Function::gapBegin, fallsInto) and what makes a function unsafe to edit
/// (Function::skip).
void findSurroundings(Binary &binary);

} // namespace hotpad::x86

#endif
