//===- ListEntries.h - the lists and slots that patchers use ----*- C++ -*-===//
#ifndef HOTPAD_PASSES_LISTENTRIES_H
#define HOTPAD_PASSES_LISTENTRIES_H

#include "rewriter/core/AddedSection.h"
#include "rewriter/core/Binary.h"
#include "rewriter/core/Layout.h"
#include "rewriter/core/MoveMap.h"
#include "rewriter/core/PatchLists.h"
#include <optional>

namespace hotpad {

/// One list a code section (contract C5), and slots for all (C4). What an
/// earlier rewriting listed or reserved (\p existing) is not made again.
std::vector<AddedSection> listEntries(const Binary &binary, const MoveMap &map,
                                      const Layout &layout,
                                      std::optional<uint64_t> slots,
                                      const PatchLists &existing);

} // namespace hotpad

#endif
