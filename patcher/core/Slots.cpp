//===- Slots.cpp ----------------------------------------------------------===//

#include "patcher/core/Slots.h"

namespace hotpad::patch {

std::optional<uint64_t> Slots::take(uint64_t entry) {
  auto above = free.lower_bound(entry);
  auto nearest = above;
  if (above != free.begin()) {
    auto below = std::prev(above);
    if (above == free.end() || entry - *below < *above - entry)
      nearest = below;
  }
  if (nearest == free.end() || !reachesSlot(bits, entry, *nearest))
    return std::nullopt;
  uint64_t slot = *nearest;
  free.erase(nearest);
  return slot;
}

} // namespace hotpad::patch
