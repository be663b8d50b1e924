//===- Encoding.h - encoded pointers of unwind tables -----------*- C++ -*-===//
//
// DW_EH_PE_* (LSB Core, "DWARF Exception Header Encoding"): the low four bits
// say how wide a value is, the next three what it is measured from.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_ENCODING_H
#define HOTPAD_REWRITER_METADATA_ENCODING_H

#include "rewriter/core/Binary.h"
#include "llvm/ADT/DenseMap.h"
#include <memory>
#include <optional>

namespace hotpad::metadata {

/// Bytes of a fixed-width encoding; 0 for LEB128 or an unknown one.
unsigned encodedWidth(Arch arch, uint8_t encoding);

/// Whether new fields of an image can be made that the loader adjusts.
inline bool canRelocate(const Binary &binary) {
  return binary.format == Format::Coff;
}

/// Finds the relocation of a field without searching from the start.
class RelocationIndex {
public:
  explicit RelocationIndex(const Section &section);
  /// Index in Section::relocations of the one at \p offset, or kNoRelocation.
  uint32_t find(uint64_t offset) const;

private:
  const std::vector<Relocation> &relocations;
  std::vector<uint32_t> order; ///< Empty when already ascending by offset.
};

/// One for each section that is asked for.
class RelocationIndices {
public:
  explicit RelocationIndices(const Binary &binary) : binary(binary) {}
  const RelocationIndex &of(SectionIndex section) {
    auto &index = indices[section];
    if (!index)
      index = std::make_unique<RelocationIndex>(binary.sections[section]);
    return *index;
  }

private:
  const Binary &binary;
  llvm::DenseMap<SectionIndex, std::unique_ptr<RelocationIndex>> indices;
};

/// The pointer at \p offset as a reference to the place it names; nothing when
/// it names nothing in this file.
std::optional<Reference> readPointer(const Binary &binary, SectionIndex section,
                                     const RelocationIndex &relocations,
                                     uint64_t offset);

/// The same for a pointer whose \p encoding is known, which is all that there
/// is to go by in an image.
std::optional<Reference> readPointer(const Binary &binary, SectionIndex section,
                                     const RelocationIndex &relocations,
                                     uint64_t offset, uint8_t encoding);

} // namespace hotpad::metadata

#endif
