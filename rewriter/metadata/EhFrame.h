//===- EhFrame.h - call frame information -----------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_EHFRAME_H
#define HOTPAD_REWRITER_METADATA_EHFRAME_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/MoveMap.h"

namespace hotpad::metadata {

/// Reads every CIE and FDE of section \p index: adds the references its fields
/// make, and a row to Binary::unwind for each FDE.
llvm::Error readEhFrame(Binary &binary, SectionIndex index);

/// Emits the edits that give each advance of location its new distance.
llvm::Error planEhFrame(const Binary &binary, SectionIndex index,
                        const MoveMap &map, EditList &edits);

} // namespace hotpad::metadata

#endif
