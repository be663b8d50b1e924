//===- Discover.h - functions, code and references --------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_DISCOVER_DISCOVER_H
#define HOTPAD_REWRITER_DISCOVER_DISCOVER_H

#include "rewriter/core/Binary.h"

namespace hotpad {

/// Fills in what a reader does not: unwinding ranges, functions, decoded code
/// and every reference that follows when code moves (invariant
/// COMPLETE-REFERENCES). The Binary is const afterwards.
llvm::Error discover(Binary &binary);

} // namespace hotpad

#endif
