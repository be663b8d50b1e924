//===- Writer.h - a rewritten ELF object ------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ELF_WRITER_H
#define HOTPAD_REWRITER_ELF_WRITER_H

#include "rewriter/core/AddedSection.h"
#include "rewriter/core/MoveReferences.h"
#include "rewriter/elf/Object.h"

namespace hotpad::elf {

/// What changed, in neutral terms.
struct Changes {
  MoveMap map;
  std::vector<MovedSection> sections; ///< By section index.
  std::vector<uint64_t> alignments;   ///< By section index; 0: as before.
  std::vector<AddedSection> added;
  std::vector<bool> emptied; ///< By section index: contents dropped.
};

/// The bytes of the new object. Section and symbol indices of the input
/// survive; new ones are appended (invariant STABLE-INDEX).
std::vector<uint8_t> writeObject(const Object &object, const Changes &changes);

/// Entries that lists of an earlier rewriting name already, and how many slots
/// there are.
struct Existing {
  std::vector<Place> entries; ///< Sorted by (section, offset).
  uint64_t slots = 0;
};
Existing findExisting(const Object &object);

} // namespace hotpad::elf

#endif
