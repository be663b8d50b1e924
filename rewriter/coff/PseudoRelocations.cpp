//===- PseudoRelocations.cpp - what MinGW's runtime fills in --------------===//
//
// A variable of a DLL has its address in the import table only. Code that was
// compiled as if the variable were in the program has a field for its address,
// which the runtime fills in before main, by a table that the linker makes:
//
//     0, 0, version 1                              12 bytes
//     RVA of the import, RVA of the field, flags   12 bytes each; flags: bits
//
// Nothing but symbols names the table. It is told by its first row.
//
// Source: mingw-w64-crt/crt/pseudo-reloc.c. The table of version 0 has nothing
// to be told by; linkers made it before 2009.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/Image.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::coff {

namespace {

constexpr size_t kRowSize = 12;

struct Row {
  explicit Row(const char *bytes)
      : import(support::endian::read32le(bytes)),
        field(support::endian::read32le(bytes + 4)),
        bits(support::endian::read32le(bytes + 8)) {}

  bool isValid(const Image &image) const {
    return (bits == 8 || bits == 16 || bits == 32 || bits == 64) &&
           image.placeOf(import).section != 0 &&
           image.placeOf(field).section != 0;
  }

  uint32_t import, field, bits;
};

} // namespace

/// Notes the fields of the table whose first row is at \p at.
static void addFields(Image &image, StringRef bytes, size_t at) {
  for (at += kRowSize; at + kRowSize <= bytes.size(); at += kRowSize) {
    Row row(bytes.data() + at);
    if (!row.isValid(image))
      break;
    Place place = image.placeOf(row.field);
    for (unsigned byte = 0; byte != row.bits / 8; ++byte, ++place.offset)
      image.binary.filledIn.push_back(place);
  }
}

void findPseudoRelocations(Image &image) {
  constexpr StringRef kFirst("\0\0\0\0\0\0\0\0\1\0\0\0", kRowSize);
  constexpr size_t kAlignment = 4;
  for (const Section &section : image.binary.sections) {
    StringRef bytes = toStringRef(section.bytes);
    if (section.executable)
      continue;
    for (size_t at = 0; at + kRowSize <= bytes.size(); at += kAlignment)
      if (bytes.substr(at, kRowSize) == kFirst)
        addFields(image, bytes, at);
  }
}

} // namespace hotpad::coff
