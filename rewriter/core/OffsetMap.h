//===- OffsetMap.h - old offset to new offset -------------------*- C++ -*-===//
//
// What freezing an EditList gives: a monotone map from the old offsets of one
// section to the new ones, as sorted runs and one binary search.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_OFFSETMAP_H
#define HOTPAD_REWRITER_CORE_OFFSETMAP_H

#include "rewriter/core/Reference.h"
#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace hotpad {

/// An offset in the rewritten section. A type of its own, so that old and new
/// cannot be mixed.
struct NewOffset {
  uint64_t value = 0;
  friend bool operator==(NewOffset, NewOffset) = default;
  friend auto operator<=>(NewOffset, NewOffset) = default;
};

class OffsetMap {
public:
  /// Old bytes from `old` on lie at `byte` on, up to the next run. At `old`
  /// itself the three sides differ by what was inserted there.
  struct Run {
    uint64_t old = 0;
    NewOffset end, label, byte;
    uint64_t newSize = 0;  ///< Bytes that replace the run, when `replaced`.
    bool replaced = false; ///< The run's old bytes were replaced as a whole.
  };

  OffsetMap() = default; ///< Identity.
  explicit OffsetMap(std::vector<Run> runs) : sorted(std::move(runs)) {}

  bool isIdentity() const { return sorted.empty(); }
  llvm::ArrayRef<Run> runs() const { return sorted; }

  /// New place of old boundary \p offset. Inside replaced bytes the result is
  /// clamped to their new extent: ask isInsideReplaced when that matters.
  NewOffset at(uint64_t offset, Side side) const;
  /// How far it moved. Negative when bytes before it were taken out.
  int64_t delta(uint64_t offset, Side side) const {
    return static_cast<int64_t>(at(offset, side).value - offset);
  }
  /// True strictly inside bytes that were replaced: nothing may point there.
  bool isInsideReplaced(uint64_t offset) const;

  /// Whether anything inside [begin, end) moves relative to begin's label.
  bool changesInside(uint64_t begin, uint64_t end) const;

private:
  const Run &runFor(uint64_t offset) const;
  std::vector<Run> sorted; ///< Ascending by `old`; empty or starts at 0.
};

} // namespace hotpad

#endif
