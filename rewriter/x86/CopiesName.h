//===- CopiesName.h - the section of copied code ----------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_X86_COPIESNAME_H
#define HOTPAD_REWRITER_X86_COPIESNAME_H

#include "llvm/ADT/StringRef.h"

namespace hotpad {

/// Where an image has the copies of its functions, and displaced code. What was
/// not copied is listed, too, but stands elsewhere.
inline constexpr llvm::StringLiteral kCopiesName = ".hotpad";

} // namespace hotpad

#endif
