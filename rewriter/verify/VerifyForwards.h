//===- VerifyForwards.h - entries of an image lead to copies ----*- C++ -*-===//
#ifndef HOTPAD_REWRITER_VERIFY_VERIFYFORWARDS_H
#define HOTPAD_REWRITER_VERIFY_VERIFYFORWARDS_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/ImageChanges.h"

namespace hotpad {

/// Whether the old entry of each of \p copies leads to it in \p after, the new
/// image of \p before: by a jump, or by a short one to a long one.
llvm::Error verifyForwards(const Binary &before, const Binary &after,
                           llvm::ArrayRef<CodeCopy> copies);

} // namespace hotpad

#endif
