//===- Slots.h - which cells of an image are free ---------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_CORE_SLOTS_H
#define HOTPAD_PATCHER_CORE_SLOTS_H

#include "patcher/core/Encoding.h"
#include <optional>
#include <set>
#include <vector>

namespace hotpad::patch {

/// The slots of one image. One is free when it holds zero and no pad jumps
/// through it: a pad that does may still be on the way of a thread, although
/// its function was reverted.
class Slots {
public:
  explicit Slots(Bits bits) : bits(bits) {}

  void add(uint64_t address, bool isZero) {
    ++count;
    if (isZero)
      free.insert(address);
  }
  void use(uint64_t address) { free.erase(address); }

  /// The free slot nearest to \p entry, which is then no longer free; nothing
  /// when all within reach are used.
  std::optional<uint64_t> take(uint64_t entry);

  uint64_t total() const { return count; }
  uint64_t used() const { return count - free.size(); }

private:
  Bits bits;
  uint64_t count = 0;
  std::set<uint64_t> free;
};

} // namespace hotpad::patch

#endif
