//===- PlaceBits.h - sets of places in large sections -----------*- C++ -*-===//
//
// A library of 100 MB has some million places that code refers to. A bit for
// each byte of its sections takes less memory than a list of these, and is in
// order at any time.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_PLACEBITS_H
#define HOTPAD_REWRITER_CORE_PLACEBITS_H

#include "rewriter/core/Reference.h"
#include "llvm/ADT/DenseMap.h"
#include <bit>
#include <optional>
#include <vector>

namespace hotpad {

class PlaceBits {
public:
  /// \p size: how many bytes the section has; what is behind is not kept.
  void insert(SectionIndex section, uint64_t offset, uint64_t size) {
    if (offset >= size)
      return;
    std::vector<uint64_t> &words = sections[section];
    if (words.empty())
      words.resize(size / 64 + 1);
    words[offset / 64] |= 1ull << (offset % 64);
  }

  /// The offset of the first place in [begin, end) of \p section.
  std::optional<uint64_t> firstIn(SectionIndex section, uint64_t begin,
                                  uint64_t end) const {
    auto found = sections.find(section);
    if (found == sections.end())
      return std::nullopt;
    const std::vector<uint64_t> &words = found->second;
    uint64_t mask = ~0ull << (begin % 64);
    for (uint64_t i = begin / 64; i < words.size() && i * 64 < end; ++i) {
      if (uint64_t word = words[i] & mask) {
        uint64_t first = i * 64 + static_cast<unsigned>(std::countr_zero(word));
        return first < end ? std::optional(first) : std::nullopt;
      }
      mask = ~0ull;
    }
    return std::nullopt;
  }

private:
  llvm::DenseMap<SectionIndex, std::vector<uint64_t>> sections;
};

} // namespace hotpad

#endif
