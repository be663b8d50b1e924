//===- SelectFunctions.h - --only and --skip --------------------*- C++ -*-===//
#ifndef HOTPAD_PASSES_SELECTFUNCTIONS_H
#define HOTPAD_PASSES_SELECTFUNCTIONS_H

#include "rewriter/core/Binary.h"

namespace hotpad {

/// Skips the functions whose names (of any alias) do not match \p only or do
/// match \p skip: extended regular expressions, empty for none.
llvm::Error selectFunctions(Binary &binary, llvm::StringRef only,
                            llvm::StringRef skip);

} // namespace hotpad

#endif
