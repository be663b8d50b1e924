//===- EntryRoom.h - what a jump at an entry may overwrite ------*- C++ -*-===//
//
// The jump to a function's copy takes the place of its first instructions. That
// is right where nothing but the way through the entry leads into these bytes,
// and where they are known to be the function's.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_IMAGE_ENTRYROOM_H
#define HOTPAD_REWRITER_IMAGE_ENTRYROOM_H

#include "rewriter/core/Binary.h"

namespace hotpad::image {

constexpr uint64_t kJumpSize = 5;      ///< Of `jmp rel32`.
constexpr uint64_t kShortJumpSize = 2; ///< Of `jmp rel8`.

/// Functions are numbers in Binary::functions.
class EntryRoom {
public:
  explicit EntryRoom(const Binary &binary) : binary(binary) {}

  /// The function behind in the same section, or null.
  const Function *next(size_t number) const;
  /// Where the function's code ends and padding may begin. (The `end` of one of
  /// unknown size is where the next begins.)
  uint64_t bodyEnd(size_t number) const;
  /// Whether a jump of \p size bytes at the site replaces nothing but code that
  /// only the entry leads to, and padding. Whose padding it is is not asked.
  bool holds(size_t number, uint64_t size) const;
  /// Whether the old body is never run again once the entry leads elsewhere.
  bool oldBodyIsDead(size_t number) const;

private:
  bool isShared(size_t number) const;
  bool isEnteredElsewhere(const Function &function, uint64_t begin,
                          uint64_t end) const;
  bool isKnown(const Function &function, uint64_t end) const;

  const Binary &binary;
};

} // namespace hotpad::image

#endif
