//===- OffsetMap.cpp ------------------------------------------------------===//

#include "rewriter/core/OffsetMap.h"
#include <algorithm>

namespace hotpad {

const OffsetMap::Run &OffsetMap::runFor(uint64_t offset) const {
  auto it = std::upper_bound(
      sorted.begin(), sorted.end(), offset,
      [](uint64_t wanted, const Run &run) { return wanted < run.old; });
  return *std::prev(it); // runs start at 0
}

NewOffset OffsetMap::at(uint64_t offset, Side side) const {
  if (sorted.empty())
    return {offset};
  const Run &run = runFor(offset);
  if (offset == run.old)
    return side == Side::End     ? run.end
           : side == Side::Label ? run.label
                                 : run.byte;
  uint64_t into = offset - run.old;
  if (run.replaced)
    into = std::min(into, run.newSize);
  return {run.byte.value + into};
}

bool OffsetMap::isInsideReplaced(uint64_t offset) const {
  if (sorted.empty())
    return false;
  const Run &run = runFor(offset);
  return run.replaced && offset != run.old;
}

bool OffsetMap::changesInside(uint64_t begin, uint64_t end) const {
  auto it = std::upper_bound(
      sorted.begin(), sorted.end(), begin,
      [](uint64_t wanted, const Run &run) { return wanted < run.old; });
  if (it != sorted.begin()) {
    const Run &before = *std::prev(it);
    if (before.replaced || (before.old == begin && before.label != before.byte))
      return true;
  }
  return it != sorted.end() && it->old < end;
}

} // namespace hotpad
