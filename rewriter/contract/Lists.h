//===- Lists.h - slots and entry lists found in a file ----------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CONTRACT_LISTS_H
#define HOTPAD_REWRITER_CONTRACT_LISTS_H

#include "rewriter/elf/Object.h"
#include <optional>

namespace hotpad {

/// What a patcher finds without symbols: `hotpad_slots`, `hotpad_entries`, and
/// the older `__patchable_function_entries`.
class Lists {
public:
  static Lists read(const elf::Object &object);

  uint64_t slotCount() const { return slots; }
  uint64_t entryCount() const {
    return std::max(entries.size(), patchable.size());
  }

  /// Listed, as an entry or as the start of its patchable area.
  bool contains(const Binary &binary, const Function &function) const;
  /// Enough slots (\p wanted, or one for each listed entry), writable, not
  /// executable, and within 2 GB of the function's pad.
  bool slotsReach(const Binary &binary, const Function &function,
                  std::optional<uint64_t> wanted) const;
  /// Makes every listed entry a function, for files without symbols.
  void addFunctions(Binary &binary) const;

private:
  struct Range {
    uint64_t begin, end; ///< Addresses in an image.
  };
  std::vector<Place> entries, patchable; ///< Sorted by (section, offset).
  std::vector<Range> slotRanges;
  uint64_t slots = 0;
};

} // namespace hotpad

#endif
