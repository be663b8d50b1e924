//===- LoadedPointers.cpp -------------------------------------------------===//

#include "rewriter/elf/LoadedPointers.h"
#include "rewriter/core/Bytes.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

LoadedPointers::LoadedPointers(const Object &object)
    : object(object), binary(object.binary) {
  for (SectionIndex i = 1; i < object.headers.size(); ++i) {
    if (!binary.sections[i].alloc)
      continue;
    if (object.headers[i].sh_type == SHT_RELA)
      readTable(i);
    else if (object.headers[i].sh_type == SHT_RELR)
      readPacked(i);
  }
}

void LoadedPointers::add(LoadedPointer pointer) {
  byPlace[pointer.place] = pointers.size();
  pointers.push_back(pointer);
}

void LoadedPointers::readTable(SectionIndex index) {
  ArrayRef<uint8_t> bytes = binary.sections[index].bytes;
  const Class &fileClass = object.fileClass();
  for (uint64_t at = 0; at + fileClass.relocationSize <= bytes.size();
       at += fileClass.relocationSize) {
    const Elf::Rela raw = fileClass.readRelocation(bytes.data() + at);
    LoadedPointer pointer;
    pointer.place = raw.r_offset;
    pointer.value = static_cast<uint64_t>(int64_t(raw.r_addend));
    pointer.symbol = raw.getSymbol(false);
    pointer.table = index;
    pointer.addendAt = at + fileClass.relocationSize - fileClass.word;
    uint32_t type = raw.getType(false);
    pointer.isSymbol = type != R_X86_64_RELATIVE && type != R_X86_64_IRELATIVE;
    add(pointer);
  }
}

std::optional<uint64_t> LoadedPointers::wordAt(uint64_t address) const {
  Place place = binary.placeAt(address);
  ArrayRef<uint8_t> bytes = binary.sections[place.section].bytes;
  const uint64_t word = object.fileClass().word;
  if (place.section == 0 || place.offset > bytes.size() ||
      bytes.size() - place.offset < word)
    return std::nullopt;
  return readFixed(bytes.data() + place.offset, word);
}

/// An even word is an address, an odd one a bitmap of the words behind it.
void LoadedPointers::readPacked(SectionIndex index) {
  ArrayRef<uint8_t> bytes = binary.sections[index].bytes;
  const uint64_t word = object.fileClass().word;
  auto addAt = [&](uint64_t address) {
    LoadedPointer pointer;
    pointer.place = address;
    pointer.table = index;
    if (std::optional<uint64_t> value = wordAt(address)) {
      pointer.value = *value;
      add(pointer);
    }
  };
  uint64_t next = 0;
  for (uint64_t at = 0; at + word <= bytes.size(); at += word) {
    uint64_t entry = readFixed(bytes.data() + at, word);
    if ((entry & 1) == 0) {
      addAt(entry);
      next = entry + word;
      continue;
    }
    for (unsigned bit = 1; bit != 8 * word; ++bit)
      if ((entry >> bit) & 1)
        addAt(next + (bit - 1) * word);
    next += (8 * word - 1) * word;
  }
}

std::optional<uint64_t> LoadedPointers::valueAt(uint64_t address) const {
  auto found = byPlace.find(address);
  if (found == byPlace.end() || pointers[found->second].isSymbol)
    return std::nullopt;
  return pointers[found->second].value;
}

bool LoadedPointers::hasSymbolAt(uint64_t address) const {
  auto found = byPlace.find(address);
  return found != byPlace.end() && pointers[found->second].isSymbol;
}

} // namespace hotpad::elf
