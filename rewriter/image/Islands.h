//===- Islands.h - room for long jumps near short functions -----*- C++ -*-===//
//
// Where the 5 bytes of a long jump do not fit at an entry, 2 bytes jump to an
// island near by, and that jumps on to the copy:
//
//     f: jmp 1f | ...       1: jmp f'       (within 128 bytes)
//
// Islands lie where nobody needs the bytes: in padding, or in the old body of a
// function that has a copy and that nothing leads into any more. Where there is
// none near by, a function that could have stayed as it is gets a copy, for the
// room of its old body.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_IMAGE_ISLANDS_H
#define HOTPAD_REWRITER_IMAGE_ISLANDS_H

#include "rewriter/image/Plan.h"
#include <map>

namespace hotpad::image {

/// Bytes of old code that nobody needs. Offsets are in the section.
class SpareBytes {
public:
  /// Adds [begin, end), which has nothing in common with what was added before.
  void add(SectionIndex section, uint64_t begin, uint64_t end) {
    if (begin < end)
      free[{section, begin}] = end;
  }
  /// Takes [begin, end), if all of it is there.
  bool take(SectionIndex section, uint64_t begin, uint64_t end);
  /// Takes \p size bytes that begin in [lowest, highest], as low as possible:
  /// when asked with ascending bounds this serves as many as can be.
  std::optional<uint64_t> takeLowest(SectionIndex section, uint64_t lowest,
                                     uint64_t highest, uint64_t size);
  /// What is left of [begin, end), ascending.
  std::vector<std::pair<uint64_t, uint64_t>>
  left(SectionIndex section, uint64_t begin, uint64_t end) const;

private:
  /// (section, begin) -> end
  using Ranges = std::map<std::pair<SectionIndex, uint64_t>, uint64_t>;
  void cut(Ranges::iterator range, uint64_t begin, uint64_t end);

  Ranges free;
};

/// Plans a copy of the function of that number; its tactic says whether there
/// can be one.
using PlanForward =
    llvm::function_ref<void(size_t number, PlannedFunction &planned)>;

/// Finds room for the jumps of all functions that are to be forwarded and have
/// EntryJump::Short. Those that get none are skipped.
void planIslands(const Binary &binary, const Config &config,
                 PlanForward planForward, ImagePlan &plan);

} // namespace hotpad::image

#endif
