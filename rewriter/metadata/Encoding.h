//===- Encoding.h - encoded pointers of unwind tables -----------*- C++ -*-===//
//
// DW_EH_PE_* (LSB Core, "DWARF Exception Header Encoding"): the low four bits
// say how wide a value is, the next three what it is measured from.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_ENCODING_H
#define HOTPAD_REWRITER_METADATA_ENCODING_H

#include "rewriter/core/Binary.h"
#include <optional>

namespace hotpad::metadata {

/// Bytes of a fixed-width encoding; 0 for LEB128 or an unknown one.
unsigned encodedWidth(Arch arch, uint8_t encoding);

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

/// The pointer at \p offset as a reference to the place it names; nothing when
/// it names nothing in this file.
std::optional<Reference> readPointer(const Binary &binary, SectionIndex section,
                                     const RelocationIndex &relocations,
                                     uint64_t offset);

} // namespace hotpad::metadata

#endif
