//===- Lists.cpp - slots and entry lists ----------------------------------===//
//
// In an object the lists are relocations, in an image they are bytes:
// `hotpad_entries` holds 4-byte distances from each field to an entry,
// `__patchable_function_entries` addresses (in a position-independent x86-64
// image: what the R_X86_64_RELATIVE relocations of these fields say; those of
// i386 leave the address in the field).
//
//===----------------------------------------------------------------------===//

#include "rewriter/elf/Names.h"
#include "rewriter/elf/Object.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"
#include <optional>

using namespace llvm;

namespace hotpad::elf {

namespace {

/// The place of a virtual address in executable code.
Place placeOf(const Binary &binary, uint64_t address) {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (section.executable && address - section.address < section.size)
      return {address - section.address, i, Side::Label};
  }
  return {};
}

/// Where R_X86_64_RELATIVE relocations point, by the address of their field.
DenseMap<uint64_t, uint64_t> relativeRelocations(const Object &object) {
  DenseMap<uint64_t, uint64_t> targets;
  for (SectionIndex i = 1; i < object.headers.size(); ++i) {
    if (object.headers[i].sh_type != ELF::SHT_RELA)
      continue;
    ArrayRef<uint8_t> bytes = object.binary.sections[i].bytes;
    for (; bytes.size() >= sizeof(Elf::Rela);
         bytes = bytes.drop_front(sizeof(Elf::Rela))) {
      auto *raw = reinterpret_cast<const Elf::Rela *>(bytes.data());
      if (raw->getType(false) == ELF::R_X86_64_RELATIVE)
        targets[raw->r_offset] = static_cast<uint64_t>(raw->r_addend);
    }
  }
  return targets;
}

} // namespace

PatchLists Object::readLists() const {
  PatchLists lists;
  std::optional<DenseMap<uint64_t, uint64_t>> relative;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (section.name == kSlotsName)
      lists.addSlots(section, binary.arch);
    bool isEntries = section.name == kEntriesName;
    if (!isEntries && section.name != kPatchableName)
      continue;
    auto &list = isEntries ? lists.entries : lists.patchable;
    if (binary.mode == Mode::Object) {
      for (const Relocation &relocation : section.relocations) {
        const Symbol &symbol = binary.symbols[relocation.symbol];
        if (symbol.section != 0)
          list.push_back(
              {symbol.offset + static_cast<uint64_t>(relocation.addend),
               symbol.section, Side::Label});
      }
      continue;
    }
    unsigned width = isEntries ? 4 : pointerSize(binary.arch);
    for (uint64_t at = 0; at + width <= section.bytes.size(); at += width) {
      const uint8_t *field = section.bytes.data() + at;
      uint64_t address = section.address + at;
      if (isEntries) {
        address += static_cast<uint64_t>(
            int64_t(int32_t(support::endian::read32le(field))));
      } else if (binary.arch == Arch::X86) {
        address = support::endian::read32le(field);
      } else {
        if (!relative)
          relative = relativeRelocations(*this);
        auto known = relative->find(address);
        address = known != relative->end() ? known->second
                                           : support::endian::read64le(field);
      }
      if (Place place = placeOf(binary, address); place.section != 0)
        list.push_back(place);
    }
  }
  lists.sort();
  return lists;
}

} // namespace hotpad::elf
