//===- BaseRelocations.h - pointers that the loader adjusts -----*- C++ -*-===//
//
// An image that is not loaded where it wants to be is told by its base
// relocations which fields hold addresses:
//
//     page RVA | size of the block | 2 bytes each: type:4 offset in the page:12
//
// Format: "PE Format", "The .reloc Section".
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_COFF_BASERELOCATIONS_H
#define HOTPAD_REWRITER_COFF_BASERELOCATIONS_H

#include "rewriter/coff/Image.h"

namespace hotpad::coff {

struct BaseRelocation {
  uint32_t rva = 0;
  uint8_t type = 0; ///< IMAGE_REL_BASED_HIGHLOW or _DIR64.
};

/// Bytes of the field.
inline unsigned widthOf(const BaseRelocation &relocation) {
  return relocation.type == llvm::COFF::IMAGE_REL_BASED_DIR64 ? 8 : 4;
}

/// All of an image, ascending; what fills up a block is left out.
llvm::Expected<std::vector<BaseRelocation>>
readBaseRelocations(const Image &image);

/// The table of \p relocations, which ascend.
std::vector<uint8_t>
makeBaseRelocations(llvm::ArrayRef<BaseRelocation> relocations);

} // namespace hotpad::coff

#endif
