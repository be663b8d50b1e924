//===- PatchLists.h - slots and entry lists found in a file -----*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_PATCHLISTS_H
#define HOTPAD_REWRITER_CORE_PATCHLISTS_H

#include "rewriter/core/Binary.h"

namespace hotpad {

/// What a patcher finds without symbols (contract C4 and C5).
struct PatchLists {
  struct Range {
    uint64_t begin, end; ///< Addresses in an image.
  };
  std::vector<Place> entries;   ///< hotpad's own list.
  std::vector<Place> patchable; ///< Of -fpatchable-function-entry.
  std::vector<Range> slotRanges;
  uint64_t slots = 0;

  static bool before(const Place &a, const Place &b) {
    return std::tie(a.section, a.offset) < std::tie(b.section, b.offset);
  }
  /// Sorts both lists by (section, offset); readers do so last.
  void sort();
  /// Counts \p section as slots when it is what C4 asks for.
  void addSlots(const Section &section, Arch arch);
};

} // namespace hotpad

#endif
