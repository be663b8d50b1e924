//===- BaseRelocations.cpp ------------------------------------------------===//

#include "rewriter/coff/BaseRelocations.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/core/Cursor.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;
using namespace llvm::COFF;

namespace hotpad::coff {

namespace {

constexpr uint32_t kPage = 0x1000;
constexpr uint64_t kHeaderSize = 8;

} // namespace

Expected<std::vector<BaseRelocation>> readBaseRelocations(const Image &image) {
  std::vector<BaseRelocation> relocations;
  object::data_directory directory = image.directory(BASE_RELOCATION_TABLE);
  if (directory.Size == 0)
    return relocations;
  const Binary &binary = image.binary;
  Place place = image.placeOf(directory.RelativeVirtualAddress);
  ArrayRef<uint8_t> bytes = image.bytesAt(place, directory.Size);
  if (bytes.empty())
    return errorIn(binary, "the table of base relocations [" +
                               hex(uint32_t(directory.RelativeVirtualAddress)) +
                               ", +" + hex(uint32_t(directory.Size)) +
                               ") lies in no section");
  Cursor cursor(bytes, 0, bytes.size());
  while (cursor.end() - cursor.offset() >= kHeaderSize) {
    uint64_t begin = cursor.offset();
    uint64_t page = cursor.fixed(4), size = cursor.fixed(4);
    if (size == 0) // zeros behind the last block
      break;
    if (size < kHeaderSize || size > bytes.size() - begin)
      return errorAt(binary, place.section, place.offset + begin,
                     "a block of base relocations of " + hex(size) +
                         " bytes, of " + hex(bytes.size() - begin) +
                         " that are left");
    for (uint64_t n = (size - kHeaderSize) / 2; n != 0; --n) {
      uint64_t at = cursor.offset(), entry = cursor.fixed(2);
      BaseRelocation relocation;
      relocation.rva = static_cast<uint32_t>(page + (entry & 0xFFF));
      relocation.type = static_cast<uint8_t>(entry >> 12);
      if (relocation.type == IMAGE_REL_BASED_ABSOLUTE)
        continue;
      if (relocation.type != IMAGE_REL_BASED_HIGHLOW &&
          relocation.type != IMAGE_REL_BASED_DIR64)
        return errorAt(binary, place.section, place.offset + at,
                       "a base relocation of type " +
                           Twine(unsigned(relocation.type)));
      relocations.push_back(relocation);
    }
    cursor = Cursor(bytes, begin + size, bytes.size());
  }
  llvm::stable_sort(relocations,
                    [](const BaseRelocation &a, const BaseRelocation &b) {
                      return a.rva < b.rva;
                    });
  return relocations;
}

std::vector<uint8_t> makeBaseRelocations(ArrayRef<BaseRelocation> relocations) {
  std::vector<uint8_t> bytes;
  while (!relocations.empty()) {
    uint32_t page = relocations.front().rva & ~(kPage - 1);
    ArrayRef<BaseRelocation> block =
        relocations.take_while([&](const BaseRelocation &relocation) {
          return (relocation.rva & ~(kPage - 1)) == page;
        });
    size_t slots = (block.size() + 1) & ~size_t(1); // blocks are aligned to 4
    appendFixed(bytes, page, 4);
    appendFixed(bytes, kHeaderSize + 2 * slots, 4);
    for (const BaseRelocation &relocation : block)
      appendFixed(bytes, relocation.type << 12 | (relocation.rva & (kPage - 1)),
                  2);
    if (slots != block.size())
      appendFixed(bytes, IMAGE_REL_BASED_ABSOLUTE, 2);
    relocations = relocations.drop_front(block.size());
  }
  return bytes;
}

} // namespace hotpad::coff
