//===- GuardTables.cpp ----------------------------------------------------===//

#include "rewriter/coff/GuardTables.h"
#include "rewriter/core/Bytes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::coff {

const GuardFields &guardFields(const Image &image) {
  static constexpr GuardFields kFields64 = {0,    0,    0x80,  0x88, 0x90,
                                            0xB0, 0xB8, 0x108, 0x110};
  static constexpr GuardFields kFields32 = {0x40, 0x44, 0x50, 0x54, 0x58,
                                            0x70, 0x74, 0xA4, 0xA8};
  return image.binary.arch == Arch::X86_64 ? kFields64 : kFields32;
}

/// The copy that has the code at \p place, if there is one.
static const CodeCopy *copyOf(ArrayRef<CodeCopy> copies, Place place) {
  auto next = partition_point(copies, [&](const CodeCopy &copy) {
    return std::tie(copy.section, copy.end) <=
           std::tie(place.section, place.offset);
  });
  return next != copies.end() && next->section == place.section &&
                 next->begin < place.offset
             ? &*next
             : nullptr;
}

std::vector<GuardTable> makeGuardTables(const Image &image,
                                        ArrayRef<CodeCopy> copies) {
  const GuardFields &fields = guardFields(image);
  unsigned word = pointerSize(image.binary.arch);
  uint64_t rowSize = 4 + (loadConfigField(image, fields.flags, 4) >> 28);
  std::vector<GuardTable> tables;
  for (auto [addressField, countField] :
       {std::pair(fields.jumps, fields.jumpCount),
        std::pair(fields.continued, fields.continueCount)}) {
    uint64_t count = loadConfigField(image, countField, word);
    Place at = image.placeOf(loadConfigField(image, addressField, word) -
                             image.binary.base);
    ArrayRef<uint8_t> old = image.bytesAt(at, count * rowSize);
    // Copies stand behind all code, in the order of what they are of: rows of
    // theirs come last, and ascend as the old ones do.
    std::vector<uint8_t> bytes = old.vec();
    for (; !old.empty(); old = old.drop_front(rowSize)) {
      Place place = image.placeOf(support::endian::read32le(old.data()));
      const CodeCopy *copy = copyOf(copies, place);
      if (!copy)
        continue;
      uint64_t rva =
          copy->addressOf(place.offset, Side::Label) - image.binary.base;
      appendFixed(bytes, rva, 4);
      append_range(bytes, old.slice(4, rowSize - 4));
    }
    if (bytes.size() != count * rowSize)
      tables.push_back(
          {addressField, countField, bytes.size() / rowSize, bytes});
  }
  return tables;
}

} // namespace hotpad::coff
