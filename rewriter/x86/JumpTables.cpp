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
// The rule, for fields that stand side by side and carry a section's symbol:
//
// - A table starts where something (the code that loads it, as a rule) takes
//   the address; up to the next start all fields are measured from there,
// - unless every one of them, measured from itself, leads exactly to a
//   function: then it is a list of self-relative pointers.
// - With no start in sight, or when the reading splits an instruction, the
//   field is uncertain: it may lead anywhere between its two readings, and
//   nothing between them is moved (TableReading::behindRun).
//
// A field with the symbol of a function leads to that function; its addend is
// the distance to its table's start, wherever that is.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/JumpTables.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <optional>

using namespace llvm;

namespace hotpad::x86 {

bool namesInstructions(StringRef section) {
  static constexpr StringRef kLists[] = {
      "xray_instr_map", // LLVM XRay
      "__mcount_loc",   // gcc -mrecord-mcount, the kernel's ftrace
      ".note.stapsdt",  // SystemTap probes
      "__patchable_function_entries", // -fpatchable-function-entry
  };
  return is_contained(kLists, section);
}

static bool isEntry(const Binary &binary, const Relocation &relocation) {
  return relocation.pcRelative && relocation.namesPlace &&
         (relocation.width == 4 || relocation.width == 8) &&
         binary.symbols[relocation.symbol].section != 0 &&
         binary.sections[binary.symbols[relocation.symbol].section].executable;
}

bool isLeaOperand(const Section &section, uint64_t offset) {
  return offset >= 2 && section.bytes[offset - 2] == 0x8D &&
         (section.bytes[offset - 1] & 0xC7) == 0x05;
}

/// Where the label is that the 32-bit code around the pc-relative field at
/// \p offset measures from: `call thunk; label: add $(table - label), %reg`.
static std::optional<uint64_t> labelBefore(const Section &section,
                                           uint64_t offset) {
  const uint8_t *at = section.bytes.data() + offset;
  constexpr uint8_t kCall = 0xE8;
  if (offset >= 6 && at[-1] == 0x05 && at[-6] == kCall) // add, %eax
    return offset - 1;
  if (offset >= 7 && at[-2] == 0x81 && (at[-1] & 0xF8) == 0xC0 &&
      at[-7] == kCall)
    return offset - 2;
  return std::nullopt;
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
      if (!relocation.pcRelative) {
        starts.insert({symbol.section, place});
      } else if (section.executable && binary.arch == Arch::X86) {
        if (auto label = labelBefore(section, relocation.offset))
          starts.insert({symbol.section, place - (relocation.offset - *label)});
      } else if (section.executable &&
                 isLeaOperand(section, relocation.offset)) {
        starts.insert({symbol.section, place + 4});
      }
    }
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && symbol.type != SymbolType::Section &&
        !binary.sections[symbol.section].executable)
      starts.insert({symbol.section, symbol.offset});
  return starts;
}

bool splitsInstruction(const CodeMap &code, uint64_t offset) {
  if (code.length(offset) != 0)
    return false;
  for (unsigned back = 1; back < 15 && back <= offset; ++back)
    if (code.length(offset - back) > back)
      return true;
  return false;
}

namespace {

/// Fields that stand side by side, all leading to code.
class RunReader {
public:
  RunReader(const Binary &binary, SectionIndex index, ArrayRef<uint32_t> run,
            const TableStarts &starts, std::vector<TableReading> &readings)
      : binary(binary), index(index), section(binary.sections[index]), run(run),
        starts(starts), readings(readings) {}

  void read() {
    for (size_t begin = 0; begin != run.size();) {
      size_t end = begin + 1;
      while (end != run.size() && !isStart(end))
        ++end;
      readSegment(begin, end);
      begin = end;
    }
  }

private:
  const Relocation &relocation(size_t i) const {
    return section.relocations[run[i]];
  }
  const Symbol &symbol(size_t i) const {
    return binary.symbols[relocation(i).symbol];
  }
  bool isStart(size_t i) const {
    return starts.contains({index, relocation(i).offset});
  }
  /// Where field \p i leads, measured from itself.
  uint64_t plain(size_t i) const {
    return symbol(i).offset + static_cast<uint64_t>(relocation(i).addend);
  }
  bool isNamed(size_t i) const { return symbol(i).type != SymbolType::Section; }
  /// Whether anything could name a base at or before field \p i.
  bool hasName(size_t i) const {
    auto first = starts.lower_bound({index, 0});
    return first != starts.end() && first->first == index &&
           first->second <= relocation(i).offset;
  }
  bool isEntryPoint(size_t i) const {
    const Function *function = binary.functionAt(symbol(i).section, plain(i));
    return function && function->entry == plain(i);
  }
  void readSegment(size_t begin, size_t end) {
    bool hasStart = isStart(begin);
    bool allEntryPoints = end - begin > 1;
    for (size_t i = begin; i != end; ++i)
      allEntryPoints &= isEntryPoint(i);
    for (size_t i = begin; i != end; ++i) {
      readings.push_back(isNamed(i)
                             ? readNamed(begin, i, end, hasStart)
                             : readUnnamed(begin, i, hasStart, allEntryPoints));
      readings.back().inTable = hasStart && !allEntryPoints && end - begin > 1;
    }
  }

  TableReading plainReading(size_t i) const {
    TableReading reading;
    reading.relocation = run[i];
    reading.target = {plain(i), symbol(i).section, Side::Label};
    reading.base = {relocation(i).offset, index, Side::Byte};
    return reading;
  }

  TableReading readNamed(size_t begin, size_t i, size_t end,
                         bool hasStart) const {
    TableReading reading = plainReading(i);
    uint64_t offset = relocation(i).offset;
    int64_t addend = relocation(i).addend;
    if (addend == 0)
      return reading;
    // The neighbours tell whether what the addend adds is the distance to one
    // base, in this table or (as in relative vtables) at some other place.
    bool sameBase =
        hasStart &&
        addend == static_cast<int64_t>(offset - relocation(begin).offset);
    for (size_t other : {i - 1, i + 1})
      if (other >= begin && other < end && isNamed(other))
        sameBase |= addend - relocation(other).addend ==
                    static_cast<int64_t>(offset - relocation(other).offset);
    if (sameBase)
      reading.target.offset = symbol(i).offset;
    else if (addend > 0)
      reading.behindRun = static_cast<uint64_t>(addend);
    return reading;
  }

  TableReading readUnnamed(size_t begin, size_t i, bool hasStart,
                           bool allEntryPoints) const {
    TableReading reading = plainReading(i);
    uint64_t into = relocation(i).offset - relocation(begin).offset;
    if (into == 0 || allEntryPoints || (!hasStart && !hasName(i)) ||
        namesInstructions(section.name)) // whose fields lead from themselves
      return reading;
    uint64_t fromStart = plain(i) - into;
    if (hasStart && plain(i) >= into &&
        !splitsInstruction(binary.sections[symbol(i).section].code,
                           fromStart)) {
      reading.target.offset = fromStart;
      reading.base.offset = relocation(begin).offset;
    } else {
      reading.behindRun = into;
    }
    return reading;
  }

  const Binary &binary;
  SectionIndex index;
  const Section &section;
  ArrayRef<uint32_t> run;
  const TableStarts &starts;
  std::vector<TableReading> &readings;
};

} // namespace

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
  for (size_t begin = 0; begin != order.size();) {
    size_t end = begin + 1;
    while (end != order.size() &&
           section.relocations[order[end]].offset ==
               section.relocations[order[end - 1]].offset +
                   section.relocations[order[end - 1]].width)
      ++end;
    RunReader(binary, index, ArrayRef(order).slice(begin, end - begin), starts,
              readings)
        .read();
    begin = end;
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
