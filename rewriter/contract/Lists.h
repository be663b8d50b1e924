//===- Lists.h - what the lists of a file say of a function -----*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CONTRACT_LISTS_H
#define HOTPAD_REWRITER_CONTRACT_LISTS_H

#include "rewriter/core/PatchLists.h"
#include <optional>

namespace hotpad {

inline uint64_t listedEntries(const PatchLists &lists) {
  return std::max(lists.entries.size(), lists.patchable.size());
}

/// Listed, as an entry or as the start of its patchable area.
bool isListed(const PatchLists &lists, const Function &function);

/// Enough slots (\p wanted, or one for each listed entry), writable, not
/// executable, and within 2 GB of the function's pad.
bool slotsReach(const PatchLists &lists, const Binary &binary,
                const Function &function, std::optional<uint64_t> wanted);

/// Makes every listed entry a function, for files without symbols.
void addListedFunctions(const PatchLists &lists, Binary &binary);

} // namespace hotpad

#endif
