//===- Roots.cpp ----------------------------------------------------------===//
//
// Addresses of code that stand in data: the entry point, exports, constructors.
// In a position-independent image all others have relocations too
// (R_X86_64_RELATIVE and the packed form SHT_RELR; R_X86_64_IRELATIVE leads to
// a function that says at load time which one to use).
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
    add(object.header.e_entry, Source::EntryPoint);
    for (SectionIndex i = 1; i < object.headers.size(); ++i)
      readSection(i);
  }

private:
  void add(uint64_t address, Source source) {
    Place place = binary.placeAt(address);
    if (address != 0 && place.section != 0 &&
        binary.sections[place.section].executable)
      binary.roots.push_back({place, source});
  }

  uint64_t readWord(ArrayRef<uint8_t> bytes, uint64_t offset) const {
    return readFixed(bytes.data() + offset, word);
  }

  bool isInitializers(SectionIndex index) const {
    uint32_t type = object.headers[index].sh_type;
    return type == SHT_INIT_ARRAY || type == SHT_FINI_ARRAY ||
           type == SHT_PREINIT_ARRAY;
  }

  /// Of what the field at \p place leads to.
  Source sourceOf(Place place) const {
    return place.section != 0 && isInitializers(place.section)
               ? Source::Initializer
               : Source::Pointer;
  }

  /// What the pointer at \p address holds before it is relocated.
  void addPointerAt(uint64_t address) {
    Place place = binary.placeAt(address);
    ArrayRef<uint8_t> bytes = binary.sections[place.section].bytes;
    if (place.offset < bytes.size() && bytes.size() - place.offset >= word)
      add(readWord(bytes, place.offset), sourceOf(place));
  }

  void readSection(SectionIndex index) {
    ArrayRef<uint8_t> bytes = binary.sections[index].bytes;
    if (isInitializers(index)) {
      for (uint64_t at = 0; at + word <= bytes.size(); at += word)
        add(readWord(bytes, at), Source::Initializer);
      return;
    }
    switch (object.headers[index].sh_type) {
    case SHT_DYNAMIC:
      for (uint64_t at = 0; at + 2 * word <= bytes.size(); at += 2 * word) {
        uint64_t tag = readWord(bytes, at);
        if (tag == DT_INIT || tag == DT_FINI)
          add(readWord(bytes, at + word), Source::Initializer);
      }
      break;
    case SHT_RELA:
    case SHT_REL:
      if (object.headers[index].sh_flags & SHF_ALLOC) // the loader's
        readRelocations(object.headers[index].sh_type == SHT_RELA, bytes);
      break;
    case SHT_DYNSYM:
      readExports(bytes);
      break;
    case SHT_RELR:
      readPacked(bytes);
      break;
    default:
      break;
    }
  }

  void readExports(ArrayRef<uint8_t> bytes) {
    size_t size = object.fileClass().symbolSize;
    for (; bytes.size() >= size; bytes = bytes.drop_front(size)) {
      Elf::Sym symbol = object.fileClass().readSymbol(bytes.data());
      bool isFunction =
          symbol.getType() == STT_FUNC || symbol.getType() == STT_GNU_IFUNC;
      if (isFunction && symbol.st_shndx != SHN_UNDEF)
        add(symbol.st_value, Source::Export);
    }
  }

  void readRelocations(bool hasAddends, ArrayRef<uint8_t> bytes) {
    uint64_t size = word * (hasAddends ? 3 : 2);
    bool isX86 = binary.arch == Arch::X86;
    uint64_t relative =
        isX86 ? uint64_t(R_386_RELATIVE) : uint64_t(R_X86_64_RELATIVE);
    uint64_t resolved =
        isX86 ? uint64_t(R_386_IRELATIVE) : uint64_t(R_X86_64_IRELATIVE);
    for (uint64_t at = 0; at + size <= bytes.size(); at += size) {
      uint64_t info = readWord(bytes, at + word);
      Place field = binary.placeAt(readWord(bytes, at));
      const Section &section = binary.sections[field.section];
      if (field.section != 0 &&
          (!section.writable || section.name.starts_with(".gcc_except_table")))
        binary.filledIn.push_back(field);
      uint64_t type = word == 4 ? info & 0xFF : info & UINT32_MAX;
      // The first call of a stub goes on behind the stub's first instruction.
      // Where no section tells what is a stub, something has to lead there.
      if (type == R_X86_64_JUMP_SLOT && !object.madeNames.empty())
        addPointerAt(readWord(bytes, at));
      if (type != relative && type != resolved)
        continue;
      if (hasAddends)
        add(readWord(bytes, at + 2 * word),
            sourceOf(binary.placeAt(readWord(bytes, at))));
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
  uint64_t word; // bytes
};

} // namespace

void findRoots(Object &object) { RootFinder(object).run(); }

} // namespace hotpad::elf
