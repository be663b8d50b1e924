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

/// The same for what pointers lead to, if it reads as code.
bool addPointedPlaces(Binary &binary, llvm::ArrayRef<Place> places);

/// Adds \p entries, which are known to be such.
bool addOldEntries(Binary &binary, llvm::ArrayRef<Place> entries);

} // namespace hotpad::x86

#endif
