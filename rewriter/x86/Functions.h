//===- Functions.h - which entries there are --------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_X86_FUNCTIONS_H
#define HOTPAD_REWRITER_X86_FUNCTIONS_H

#include "rewriter/core/Binary.h"

namespace hotpad::x86 {

/// Fills Binary::functions from symbols and unwinding ranges.
void findFunctions(Binary &binary);

/// Adds the untyped symbols at \p calls (targets of direct calls), which
/// assembly without `.type` leaves us to find. Returns true if any was new.
bool addCalledLabels(Binary &binary, llvm::ArrayRef<Place> calls);

/// The same in an image, where every call target outside all known functions
/// is one.
bool addCalledPlaces(Binary &binary, llvm::ArrayRef<Place> calls);

/// After decoding: finds what stands directly before each entry
/// (Function::gapBegin, fallsInto) and what makes a function unsafe to edit
/// (Function::skip).
void findSurroundings(Binary &binary);

/// Whether [begin, end) holds nothing but NOPs and int3. (Zeros may be data
/// that somebody reads: they are no padding.)
bool isPadding(Arch arch, llvm::ArrayRef<uint8_t> bytes, uint64_t begin,
               uint64_t end);

} // namespace hotpad::x86

#endif
