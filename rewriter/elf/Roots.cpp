//===- Roots.cpp ----------------------------------------------------------===//
//
// Addresses of code that stand in data. In a position-independent image each of
// them has a relocation (R_X86_64_RELATIVE and the packed form SHT_RELR); in
// one that is not, only the arrays of constructors are known to hold them.
// Format: gABI "Dynamic Section" and "Relative Relocation Table".
//
//===----------------------------------------------------------------------===//

#include "rewriter/elf/Roots.h"
#include "rewriter/core/Bytes.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

class RootFinder {
public:
  explicit RootFinder(Object &object)
      : object(object), binary(object.binary), word(object.fileClass().word) {}

  void run() {
    add(object.header.e_entry);
    for (SectionIndex i = 1; i < object.headers.size(); ++i)
      readSection(i);
  }

private:
  void add(uint64_t address) {
    Place place = binary.placeAt(address);
    if (address != 0 && place.section != 0 &&
        binary.sections[place.section].executable)
      binary.roots.push_back(place);
  }

  uint64_t readWord(ArrayRef<uint8_t> bytes, uint64_t offset) const {
    return readFixed(bytes.data() + offset, word);
  }

  /// What the pointer at \p address holds before it is relocated.
  void addPointerAt(uint64_t address) {
    Place place = binary.placeAt(address);
    ArrayRef<uint8_t> bytes = binary.sections[place.section].bytes;
    if (place.offset < bytes.size() && bytes.size() - place.offset >= word)
      add(readWord(bytes, place.offset));
  }

  void readSection(SectionIndex index) {
    ArrayRef<uint8_t> bytes = binary.sections[index].bytes;
    switch (object.headers[index].sh_type) {
    case SHT_INIT_ARRAY:
    case SHT_FINI_ARRAY:
    case SHT_PREINIT_ARRAY:
      for (uint64_t at = 0; at + word <= bytes.size(); at += word)
        add(readWord(bytes, at));
      break;
    case SHT_DYNAMIC:
      for (uint64_t at = 0; at + 2 * word <= bytes.size(); at += 2 * word) {
        uint64_t tag = readWord(bytes, at);
        if (tag == DT_INIT || tag == DT_FINI)
          add(readWord(bytes, at + word));
      }
      break;
    case SHT_RELA:
    case SHT_REL:
      readRelocations(object.headers[index].sh_type == SHT_RELA, bytes);
      break;
    case SHT_RELR:
      readPacked(bytes);
      break;
    default:
      break;
    }
  }

  void readRelocations(bool hasAddends, ArrayRef<uint8_t> bytes) {
    unsigned size = word * (hasAddends ? 3 : 2);
    uint32_t relative = binary.arch == Arch::X86 ? uint32_t(R_386_RELATIVE)
                                                 : uint32_t(R_X86_64_RELATIVE);
    for (uint64_t at = 0; at + size <= bytes.size(); at += size) {
      uint64_t info = readWord(bytes, at + word);
      Place field = binary.placeAt(readWord(bytes, at));
      const Section &section = binary.sections[field.section];
      if (field.section != 0 &&
          (!section.writable || section.name.starts_with(".gcc_except_table")))
        binary.filledIn.push_back(field);
      if ((word == 4 ? info & 0xFF : info & UINT32_MAX) != relative)
        continue;
      if (hasAddends)
        add(readWord(bytes, at + 2 * word));
      else
        addPointerAt(readWord(bytes, at));
    }
  }

  /// An even word is an address, an odd one a bitmap of the words behind it.
  void readPacked(ArrayRef<uint8_t> bytes) {
    uint64_t next = 0;
    for (uint64_t at = 0; at + word <= bytes.size(); at += word) {
      uint64_t entry = readWord(bytes, at);
      if ((entry & 1) == 0) {
        addPointerAt(entry);
        next = entry + word;
        continue;
      }
      for (unsigned bit = 1; bit != 8 * word; ++bit)
        if ((entry >> bit) & 1)
          addPointerAt(next + (bit - 1) * word);
      next += (8 * word - 1) * word;
    }
  }

  Object &object;
  Binary &binary;
  unsigned word;
};

} // namespace

void findRoots(Object &object) { RootFinder(object).run(); }

} // namespace hotpad::elf
