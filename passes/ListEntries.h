//===- ListEntries.h - the lists and slots that patchers use ----*- C++ -*-===//
#ifndef HOTPAD_PASSES_LISTENTRIES_H
#define HOTPAD_PASSES_LISTENTRIES_H

#include "rewriter/core/AddedSection.h"
#include "rewriter/core/Binary.h"
#include "rewriter/core/Layout.h"
#include "rewriter/core/MoveMap.h"
#include <optional>

namespace hotpad {

/// One list a code section (contract C5), and slots for all (C4). What an
/// earlier rewriting listed (\p listed, sorted by section and offset) or
/// reserved is not made again.
std::vector<AddedSection> listEntries(const Binary &binary, const MoveMap &map,
                                      const Layout &layout,
                                      std::optional<uint64_t> slots,
                                      llvm::ArrayRef<Place> listed,
                                      uint64_t existingSlots);

} // namespace hotpad

#endif
