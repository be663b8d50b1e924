//===- Verify.h - the second opinion on a rewritten object ------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_VERIFY_VERIFY_H
#define HOTPAD_REWRITER_VERIFY_VERIFY_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/MoveMap.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace hotpad {

/// Reads the old and the new object anew and walks both in lock step. All it
/// takes from the rewriting is \p map (and which sections were \p emptied on
/// purpose). Fails with the first difference that the map does not explain.
llvm::Error verifyObject(llvm::ArrayRef<uint8_t> oldFile,
                         llvm::ArrayRef<uint8_t> newFile,
                         const std::string &name, const MoveMap &map,
                         const std::vector<bool> &emptied);

/// The same for an image whose code was laid out anew. \p before is a linked
/// object that has been discovered.
llvm::Error verifyLinkedObject(const Binary &before,
                               llvm::ArrayRef<uint8_t> newFile,
                               const MoveMap &map);

} // namespace hotpad

#endif
