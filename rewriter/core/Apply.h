//===- Apply.h - the one function that writes bytes -------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_APPLY_H
#define HOTPAD_REWRITER_CORE_APPLY_H

#include "rewriter/core/EditList.h"

namespace hotpad {

/// The bytes of a section after \p edits, which were frozen before. Runs of
/// unedited bytes are copied whole (invariant ONE-WRITER).
std::vector<uint8_t> applyEdits(llvm::ArrayRef<uint8_t> oldBytes,
                                const EditList &edits);

} // namespace hotpad

#endif
