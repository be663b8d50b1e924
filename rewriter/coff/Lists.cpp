//===- Lists.cpp - slots and entry lists ----------------------------------===//

#include "rewriter/coff/Names.h"
#include "rewriter/coff/Object.h"

using namespace llvm;

namespace hotpad::coff {

PatchLists Object::readLists() const {
  PatchLists lists;
  for (const Section &section : binary.sections) {
    if (section.name == kSlotsName)
      lists.addSlots(section, binary.arch);
    if (!section.listsEntries)
      continue;
    for (const Relocation &relocation : section.relocations) {
      const Symbol &symbol = binary.symbols[relocation.symbol];
      if (symbol.section != 0)
        lists.entries.push_back(
            {symbol.offset + static_cast<uint64_t>(relocation.addend),
             symbol.section, Side::Label});
    }
  }
  lists.sort();
  return lists;
}

} // namespace hotpad::coff
