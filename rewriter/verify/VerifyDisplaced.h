//===- VerifyDisplaced.h - displaced code does what it did ------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_VERIFY_VERIFYDISPLACED_H
#define HOTPAD_REWRITER_VERIFY_VERIFYDISPLACED_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/ImageChanges.h"

namespace hotpad {

/// Walks displaced instructions in lock step in the old and the new image: the
/// old place jumps to the new one, the instructions are the same, what they
/// refer to is the same, or has moved too, and they lead back. Takes nothing
/// from the rewriting but which code it says is where.
llvm::Error verifyDisplaced(const Binary &before, const Binary &after,
                            llvm::ArrayRef<CodeCopy> displaced,
                            llvm::ArrayRef<CodeCopy> copies);

} // namespace hotpad

#endif
