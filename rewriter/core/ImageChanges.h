//===- ImageChanges.h - what becomes of a linked image ----------*- C++ -*-===//
//
// In an image everything keeps its address. What changes are bytes in place,
// and what is new goes behind the last address in sections of its own.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_IMAGECHANGES_H
#define HOTPAD_REWRITER_CORE_IMAGECHANGES_H

#include "rewriter/core/OffsetMap.h"
#include "llvm/ADT/ArrayRef.h"
#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace hotpad {

/// A few bytes that replace as many old ones. There are millions of them.
struct Patch {
  static constexpr size_t kMostBytes = 10;

  uint64_t offset = 0; ///< In the section.
  SectionIndex section = 0;
  uint8_t size = 0;
  /// What was an address and is another now: the loader relocates it as before.
  bool isAddress = false;
  uint8_t data[kMostBytes] = {};

  llvm::ArrayRef<uint8_t> bytes() const { return {data, size}; }
};

/// A list that grows without being copied.
using Patches = std::deque<Patch>;

/// Adds the patches that replace what is at \p offset of \p section.
template <class List>
void addPatches(List &patches, SectionIndex section, uint64_t offset,
                llvm::ArrayRef<uint8_t> bytes, bool isAddress = false) {
  while (!bytes.empty()) {
    Patch patch;
    patch.section = section;
    patch.offset = offset;
    patch.isAddress = isAddress;
    patch.size =
        static_cast<uint8_t>(std::min(bytes.size(), Patch::kMostBytes));
    std::copy_n(bytes.begin(), patch.size, patch.data);
    patches.push_back(patch);
    offset += patch.size;
    bytes = bytes.drop_front(patch.size);
  }
}

struct NewSection {
  std::string name;
  uint64_t address = 0;
  uint64_t alignment = 1; ///< A power of two.
  std::vector<uint8_t> bytes;
  uint64_t zeroes = 0; ///< Size of a section without contents.
  bool executable = false, writable = false;
  /// The section that this one takes the place of; 0: none.
  SectionIndex replaces = 0;

  uint64_t size() const { return zeroes != 0 ? zeroes : bytes.size(); }
};

/// A range of code that was copied to another address, with small changes.
struct CodeCopy {
  SectionIndex section = 0;    ///< Of the old code.
  uint64_t begin = 0, end = 0; ///< Old offsets in the section.
  uint64_t address = 0;        ///< Of the copy's first byte.
  OffsetMap map; ///< Old offset minus `begin` to offset in the copy.
  /// A part of a function that stays: control leads there and back.
  bool isPart = false;
  uint64_t jumpBack = 0; ///< Size of the jump behind the copy to old `end`.

  /// The new address of the old boundary \p offset in [begin, end].
  uint64_t addressOf(uint64_t offset, Side side) const {
    return address + map.at(offset - begin, side).value;
  }
};

struct ImageChanges {
  Patches patches;
  /// Ascending by address. Those with the same permissions stand together, on
  /// pages of their own.
  std::vector<NewSection> sections;
  /// PE: addresses of pointers in the new sections to which the loader must add
  /// how far it moved the image.
  std::vector<uint64_t> relocated;
  /// Code that was copied to the new sections. Ascending.
  std::vector<CodeCopy> copies;
  std::vector<SectionIndex> emptied; ///< Sections to have no contents.
  uint64_t entryPoint = 0;           ///< The new one; 0: as before.
};

} // namespace hotpad

#endif
