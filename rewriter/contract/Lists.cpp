//===- Lists.cpp ----------------------------------------------------------===//
//
// In an object the lists are relocations, in an image they are bytes:
// `hotpad_entries` holds 4-byte distances from each field to an entry,
// `__patchable_function_entries` 8-byte addresses (in a position-independent
// image: what the R_X86_64_RELATIVE relocations of these fields say).
//
//===----------------------------------------------------------------------===//

#include "rewriter/contract/Lists.h"
#include "rewriter/core/Names.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad {

namespace {

bool before(const Place &a, const Place &b) {
  return std::tie(a.section, a.offset) < std::tie(b.section, b.offset);
}

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
DenseMap<uint64_t, uint64_t> relativeRelocations(const elf::Object &object) {
  DenseMap<uint64_t, uint64_t> targets;
  for (SectionIndex i = 1; i < object.headers.size(); ++i) {
    if (object.headers[i].sh_type != ELF::SHT_RELA)
      continue;
    ArrayRef<uint8_t> bytes = object.binary.sections[i].bytes;
    for (; bytes.size() >= sizeof(elf::Elf::Rela);
         bytes = bytes.drop_front(sizeof(elf::Elf::Rela))) {
      auto *raw = reinterpret_cast<const elf::Elf::Rela *>(bytes.data());
      if (raw->getType(false) == ELF::R_X86_64_RELATIVE)
        targets[raw->r_offset] = static_cast<uint64_t>(raw->r_addend);
    }
  }
  return targets;
}

} // namespace

Lists Lists::read(const elf::Object &object) {
  Lists lists;
  const Binary &binary = object.binary;
  std::optional<DenseMap<uint64_t, uint64_t>> relative;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (section.name == kSlotsName) {
      if (section.writable && !section.executable &&
          (section.noBits ||
           all_of(section.bytes, [](uint8_t byte) { return byte == 0; })) &&
          section.alignment >= 8) {
        lists.slots += section.size / 8;
        lists.slotRanges.push_back(
            {section.address, section.address + section.size});
      }
      continue;
    }
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
    unsigned width = isEntries ? 4 : 8;
    for (uint64_t at = 0; at + width <= section.bytes.size(); at += width) {
      const uint8_t *field = section.bytes.data() + at;
      uint64_t address = section.address + at;
      if (isEntries) {
        address += static_cast<uint64_t>(
            int64_t(int32_t(support::endian::read32le(field))));
      } else {
        if (!relative)
          relative = relativeRelocations(object);
        auto known = relative->find(address);
        address = known != relative->end() ? known->second
                                           : support::endian::read64le(field);
      }
      if (Place place = placeOf(binary, address); place.section != 0)
        list.push_back(place);
    }
  }
  llvm::sort(lists.entries, before);
  llvm::sort(lists.patchable, before);
  return lists;
}

bool Lists::contains(const Binary &, const Function &function) const {
  Place entry{function.entry, function.section, Side::Label};
  if (std::binary_search(entries.begin(), entries.end(), entry, before))
    return true;
  // A patchable area begins in the padding, or behind endbr.
  Place first{function.gapBegin, function.section, Side::Label};
  auto at = llvm::lower_bound(patchable, first, before);
  return at != patchable.end() && at->section == function.section &&
         at->offset <= function.site;
}

bool Lists::slotsReach(const Binary &binary, const Function &function,
                       std::optional<uint64_t> wanted) const {
  if (slots == 0 || slots < wanted.value_or(entryCount()))
    return false;
  if (binary.mode == Mode::Object)
    return true; // the linker places both
  uint64_t pad = binary.sections[function.section].address + function.entry;
  constexpr uint64_t kReach = (1ull << 31) - 16;
  return all_of(slotRanges, [&](const Range &range) {
    uint64_t low = std::min(range.begin, pad);
    uint64_t high = std::max(range.end, pad);
    return high - low < kReach;
  });
}

void Lists::addFunctions(Binary &binary) const {
  DenseMap<std::pair<SectionIndex, uint64_t>, StringRef> names;
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && symbol.type == SymbolType::None)
      names.try_emplace({symbol.section, symbol.offset}, symbol.name);
  for (const Place &entry : entries) {
    Symbol symbol;
    symbol.name = names.lookup({entry.section, entry.offset});
    symbol.section = entry.section;
    symbol.offset = entry.offset;
    symbol.type = SymbolType::Function;
    binary.symbols.push_back(symbol);
  }
}

} // namespace hotpad
