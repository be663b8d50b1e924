//===- Names.h - the names of COFF sections ----------------------*- C++
//-*-===//
#ifndef HOTPAD_REWRITER_COFF_NAMES_H
#define HOTPAD_REWRITER_COFF_NAMES_H

#include "llvm/ADT/StringRef.h"

namespace hotpad::coff {

inline constexpr llvm::StringLiteral kSlotsName = ".hpslots";
/// The linker joins what has the same name up to the `$`.
inline constexpr llvm::StringLiteral kEntriesName = ".hpentry";
inline constexpr llvm::StringLiteral kEntriesPart = ".hpentry$m";

/// Of MSVC: hashes of the contents of all sections.
inline constexpr llvm::StringLiteral kHashesName = ".chks64";

} // namespace hotpad::coff

#endif
