//===- EntryList.h - hotpad's own list of entries ---------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_ENTRYLIST_H
#define HOTPAD_REWRITER_METADATA_ENTRYLIST_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/MoveMap.h"

namespace hotpad::metadata {

/// Reads `hotpad_entries`, which an earlier rewriting made: each field is
/// measured from itself, which a row of such fields does not show.
llvm::Error readEntryList(Binary &binary, SectionIndex index);

} // namespace hotpad::metadata

#endif
