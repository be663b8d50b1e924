//===- Lsda.h - exception tables --------------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_LSDA_H
#define HOTPAD_REWRITER_METADATA_LSDA_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/MoveMap.h"

namespace hotpad::metadata {

/// Reads the exception tables that Binary::unwind leads to in section
/// \p index: adds landing pads, and references for call sites of fixed width.
/// A table that does not parse only marks its range (lsdaUnknown).
llvm::Error readLsda(Binary &binary, SectionIndex index);

/// Emits the edits of call sites in LEB128.
llvm::Error planLsda(const Binary &binary, SectionIndex index,
                     const MoveMap &map, EditList &edits);

} // namespace hotpad::metadata

#endif
