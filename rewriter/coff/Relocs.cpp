//===- Relocs.cpp ---------------------------------------------------------===//

#include "rewriter/coff/Relocs.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/BinaryFormat/COFF.h"

using namespace llvm;
using namespace llvm::COFF;

namespace hotpad::coff {

namespace {

// SECREL counts from the start of the section in the image: a place. SECTION is
// a section's number, TOKEN one of the common language runtime, SECREL7 the
// lowest 7 bits of something: no places.
constexpr RelocationType kAmd64[] = {
    // type, width, pcRelative, namesPlace, behind
    {IMAGE_REL_AMD64_ABSOLUTE, 0, false, false, 0},
    {IMAGE_REL_AMD64_ADDR64, 8, false, true, 0},
    {IMAGE_REL_AMD64_ADDR32, 4, false, true, 0},
    {IMAGE_REL_AMD64_ADDR32NB, 4, false, true, 0},
    {IMAGE_REL_AMD64_REL32, 4, true, true, 0},
    {IMAGE_REL_AMD64_REL32_1, 4, true, true, 1},
    {IMAGE_REL_AMD64_REL32_2, 4, true, true, 2},
    {IMAGE_REL_AMD64_REL32_3, 4, true, true, 3},
    {IMAGE_REL_AMD64_REL32_4, 4, true, true, 4},
    {IMAGE_REL_AMD64_REL32_5, 4, true, true, 5},
    {IMAGE_REL_AMD64_SECTION, 2, false, false, 0},
    {IMAGE_REL_AMD64_SECREL, 4, false, true, 0},
    {IMAGE_REL_AMD64_SECREL7, 1, false, false, 0},
    {IMAGE_REL_AMD64_TOKEN, 4, false, false, 0},
    // GNU's R_X86_64_PC64; no other compiler writes this number.
    {IMAGE_REL_AMD64_SREL32, 8, true, true, 0},
};
constexpr RelocationType kI386[] = {
    {IMAGE_REL_I386_ABSOLUTE, 0, false, false, 0},
    {IMAGE_REL_I386_DIR32, 4, false, true, 0},
    {IMAGE_REL_I386_DIR32NB, 4, false, true, 0},
    {IMAGE_REL_I386_SECTION, 2, false, false, 0},
    {IMAGE_REL_I386_SECREL, 4, false, true, 0},
    {IMAGE_REL_I386_TOKEN, 4, false, false, 0},
    {IMAGE_REL_I386_SECREL7, 1, false, false, 0},
    {IMAGE_REL_I386_REL32, 4, true, true, 0},
};

} // namespace

const RelocationType *findRelocation(Arch arch, uint16_t type) {
  ArrayRef<RelocationType> rows = kAmd64;
  if (arch == Arch::X86)
    rows = kI386;
  for (const RelocationType &row : rows)
    if (row.type == type)
      return &row;
  return nullptr;
}

} // namespace hotpad::coff
