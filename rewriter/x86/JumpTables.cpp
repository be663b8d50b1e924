//===- JumpTables.cpp -----------------------------------------------------===//
//
// Position-independent code keeps a switch as a table of 4-byte distances (8 in
// the large code model) from the table's start:
//
//     T:    .long case0 - T        in the object: PC32  .text + (case0 + 0)
//           .long case1 - T                       PC32  .text + (case1 + 4)
//           .long case2 - T                       PC32  .text + (case2 + 8)
//
// PC32 measures from the field, so the assembler adds the field's distance
// from T to the addend: "section + addend" is NOT where the entry leads. A
// self-relative pointer (`.long f - .`) looks exactly the same.
//
// The rule: entries of a table stand side by side, and something (the code that
// loads T, as a rule) refers to T. So an entry is measured from the nearest
// place before it that something refers to and that is linked to it by a run of
// such entries, when that reading leads into the function of the run's first
// entry or, for an entry named by a symbol, exactly to the symbol. Otherwise it
// is measured from itself.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/JumpTables.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::x86 {

static bool isEntry(const Binary &binary, const Relocation &relocation) {
  return relocation.pcRelative && relocation.namesPlace &&
         (relocation.width == 4 || relocation.width == 8) &&
         binary.symbols[relocation.symbol].section != 0 &&
         binary.sections[binary.symbols[relocation.symbol].section].executable;
}

/// Whether the pc-relative field at \p offset is the operand of a `lea`.
static bool isLeaOperand(const Section &section, uint64_t offset) {
  return offset >= 2 && section.bytes[offset - 2] == 0x8D &&
         (section.bytes[offset - 1] & 0xC7) == 0x05;
}

TableStarts findTableStarts(const Binary &binary) {
  TableStarts starts;
  for (const Section &section : binary.sections)
    for (const Relocation &relocation : section.relocations) {
      const Symbol &symbol = binary.symbols[relocation.symbol];
      if (symbol.section == 0 || !relocation.namesPlace ||
          binary.sections[symbol.section].executable)
        continue;
      uint64_t place = symbol.offset + static_cast<uint64_t>(relocation.addend);
      if (!relocation.pcRelative)
        starts.insert({symbol.section, place});
      else if (section.executable && isLeaOperand(section, relocation.offset))
        starts.insert({symbol.section, place + 4});
    }
  // Another file may take the address of what has a name.
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && !symbol.local &&
        !binary.sections[symbol.section].executable)
      starts.insert({symbol.section, symbol.offset});
  return starts;
}

std::vector<TableReading> readTables(const Binary &binary, SectionIndex index,
                                     const TableStarts &starts) {
  const Section &section = binary.sections[index];
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i != section.relocations.size(); ++i)
    if (isEntry(binary, section.relocations[i]))
      order.push_back(i);
  llvm::stable_sort(order, [&](uint32_t a, uint32_t b) {
    return section.relocations[a].offset < section.relocations[b].offset;
  });

  std::vector<TableReading> readings;
  readings.reserve(order.size());
  uint64_t tableStart = ~0ull, nextField = ~0ull, runStart = 0;
  const Function *owner = nullptr; // of the table's first entry
  for (uint32_t i : order) {
    const Relocation &relocation = section.relocations[i];
    const Symbol &symbol = binary.symbols[relocation.symbol];
    uint64_t plain = symbol.offset + static_cast<uint64_t>(relocation.addend);
    if (starts.contains({index, relocation.offset})) {
      tableStart = relocation.offset;
      owner = binary.functionAt(symbol.section, plain);
    } else if (relocation.offset != nextField) {
      tableStart = ~0ull;
      runStart = relocation.offset;
    }
    nextField = relocation.offset + relocation.width;

    TableReading reading;
    reading.relocation = i;
    reading.target = {plain, symbol.section, Side::Label};
    reading.base = {relocation.offset, index, Side::Byte};
    if (tableStart != ~0ull) {
      uint64_t fromTable = plain - (relocation.offset - tableStart);
      bool named = symbol.type != SymbolType::Section;
      bool fits = named
                      ? fromTable == symbol.offset
                      : binary.functionAt(symbol.section, fromTable) == owner ||
                            symbol.section != (owner ? owner->section : 0);
      bool plainFits = named && plain == symbol.offset;
      if (fits && !plainFits) {
        reading.target.offset = fromTable;
        reading.base = {tableStart, index, Side::Byte};
      }
    } else if (symbol.type == SymbolType::Section || plain != symbol.offset) {
      reading.behindRun = relocation.offset - runStart;
    }
    readings.push_back(reading);
  }
  return readings;
}

std::vector<Reference> readInlineTable(const Binary &binary, Place start,
                                       const Function &owner) {
  const Section &section = binary.sections[start.section];
  std::vector<Reference> entries;
  for (uint64_t at = start.offset; at + 4 <= section.size; at += 4) {
    // The table ends where code or something else with a name begins.
    bool free = at == start.offset || !section.code.label(at);
    for (unsigned i = 0; i != 4; ++i)
      free &= section.code.length(at + i) == 0;
    uint64_t target =
        start.offset + static_cast<uint64_t>(int64_t(int32_t(
                           support::endian::read32le(&section.bytes[at]))));
    if (!free || target <= owner.site || target >= owner.end ||
        (target > start.offset && target < at + 4))
      break;
    Reference entry;
    entry.offset = at;
    entry.width = 4;
    entry.target = {target, start.section, Side::Label};
    entry.base = start;
    entries.push_back(entry);
  }
  if (entries.size() < 2) // too short to be told from a constant
    entries.clear();
  return entries;
}

} // namespace hotpad::x86
