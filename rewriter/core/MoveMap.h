//===- MoveMap.h - the offset maps of all sections --------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_MOVEMAP_H
#define HOTPAD_REWRITER_CORE_MOVEMAP_H

#include "rewriter/core/OffsetMap.h"
#include <vector>

namespace hotpad {

struct MoveMap {
  std::vector<OffsetMap> sections; ///< By section index.
  /// In a linked object: how far each section itself moves. Empty: not at all.
  std::vector<int64_t> shifts;

  const OffsetMap &operator[](SectionIndex section) const {
    return sections[section];
  }
  int64_t delta(Place place) const {
    return sections[place.section].delta(place.offset, place.side);
  }
  int64_t shift(SectionIndex section) const {
    return shifts.empty() ? 0 : shifts[section];
  }
  bool staysPut(SectionIndex section) const {
    return sections[section].isIdentity() && shift(section) == 0;
  }
};

/// A short branch that had to become a long one. Its old two bytes (opcode,
/// displacement) at `offset` were replaced; the new displacement has four
/// bytes and begins `field` bytes after the start of the replacement.
struct GrownBranch {
  uint64_t offset = 0;
  uint8_t field = 0;
};

} // namespace hotpad

#endif
