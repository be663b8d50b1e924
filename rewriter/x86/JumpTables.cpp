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
// - A start that stands before the fields (code indexes from 2, say, and takes
//   T - 8) or within the table before, or one from which a field would lead
//   into an instruction, is no more likely than others: the one is meant from
//   which all fields lead to instructions.
// - If that leaves several, or none, the fields are uncertain: each may lead
//   anywhere between its readings (TableReading::lowest, highest).
//
// A field with the symbol of a function leads to that function; its addend is
// the distance to its table's start, wherever that is.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/JumpTables.h"
#include "rewriter/x86/Decoder.h"
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
      ".kcfi_traps",                  // clang -fsanitize=kcfi
      // Linux, include/asm-generic and arch/x86/include/asm:
      "__ex_table",         // extable.h, asm.h: may fault, and where to go on
      "__bug_table",        // bug.h
      "__jump_table",       // jump_label.h
      ".smp_locks",         // alternative.h: `lock` to take away
      ".altinstructions",   // alternative.h
      ".parainstructions",  // paravirt.h
      ".static_call_sites", // static_call.h
      ".retpoline_sites",   // nospec-branch.h: these and the next are made by
      ".return_sites",      // tools/objtool
      ".call_sites",
      ".ibt_endbr_seal", // ibt.h
      ".cfi_sites",
  };
  return is_contained(kLists, section) || section.starts_with(".discard.");
}

bool overwritesInstructions(StringRef section) {
  return section == ".altinstructions" || section == ".parainstructions";
}

bool mayNameInstruction(const Section &list, const Relocation &field) {
  if (namesInstructions(list.name))
    return true;
  // Pointers are functions', and so are distances in the sections where
  // compilers and the kernel keep them.
  static constexpr StringRef kFunctions[] = {
      ".data",          ".rodata",     ".ldata",    ".lrodata",   ".tdata",
      ".rdata",         ".init_array", ".ctors",    ".CRT$",      ".fini_array",
      ".dtors",         ".got",        "__ksymtab", "___ksymtab", ".initcall",
      ".orc_unwind_ip", // where a range begins: before what is inserted
  };
  return field.pcRelative && list.alloc && !list.executable &&
         none_of(kFunctions,
                 [&](StringRef name) { return list.name.starts_with(name); });
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
        starts.taken.insert({symbol.section, place});
      } else if (section.executable && binary.arch == Arch::X86) {
        if (auto label = labelBefore(section, relocation.offset))
          starts.taken.insert(
              {symbol.section, place - (relocation.offset - *label)});
      } else if (section.executable &&
                 isLeaOperand(section, relocation.offset)) {
        starts.taken.insert({symbol.section, place + 4});
      }
    }
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && symbol.type != SymbolType::Section &&
        !binary.sections[symbol.section].executable)
      starts.named.insert({symbol.section, symbol.offset});
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

/// Whether the bytes between \p place and the last known instruction before it
/// read as instructions: if they are code, one begins at \p place.
static bool isSwept(Arch arch, const Section &section, uint64_t place) {
  constexpr uint64_t kLongestSweep = 4096;
  uint64_t begin = place;
  while (begin > 0 && section.code.length(begin - 1) == 0)
    if (place - --begin > kLongestSweep)
      return false;
  if (begin > 0) // behind the instruction that was met
    begin += section.code.length(begin - 1) - 1;
  while (begin < place) {
    Instruction instruction;
    if (!decode(arch, section.bytes.take_front(place), begin, instruction))
      return false;
    begin += instruction.length;
  }
  return place < section.bytes.size() && section.bytes[place] != 0;
}

namespace {

/// Hand-written tables are measured from a base at most this far before them:
/// their first row is that of a small number.
constexpr int64_t kSmallBias = 128;
/// No more starts than these are tried, from the nearest on.
constexpr unsigned kMostStarts = 256;

/// Where a table may begin.
struct Start {
  int64_t offset; ///< May lie before the section.
  bool isTaken;   ///< Not just named.

  friend auto operator<=>(const Start &, const Start &) = default;
};

/// Fields that stand side by side, all leading to code.
class RunReader {
public:
  RunReader(const Binary &binary, SectionIndex index, ArrayRef<uint32_t> run,
            ArrayRef<Start> starts, std::vector<TableReading> &readings)
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
  /// How all fields of a segment, measured from one base, agree with the code.
  enum class Fit : uint8_t {
    No,    ///< One leads into an instruction, or out of the section.
    Maybe, ///< One leads where nothing is known yet.
    Yes,   ///< All lead to instructions, as far as can be told.
  };
  static constexpr int64_t kItself = INT64_MAX; ///< A base of its own kind.

  /// Where a segment is measured from.
  struct Choice {
    int64_t base = kItself;
    bool isGuess = false;
    /// The others that may be meant.
    SmallVector<int64_t, 4> rivals;
  };

  const Relocation &relocation(size_t i) const {
    return section.relocations[run[i]];
  }
  const Symbol &symbol(size_t i) const {
    return binary.symbols[relocation(i).symbol];
  }
  int64_t offset(size_t i) const {
    return static_cast<int64_t>(relocation(i).offset);
  }
  ArrayRef<Start> startsUpTo(int64_t offset) const {
    auto end = partition_point(
        starts, [&](const Start &start) { return start.offset <= offset; });
    return {starts.begin(), end};
  }
  /// \p i as a start, or null.
  const Start *startAt(size_t i) const {
    ArrayRef<Start> before = startsUpTo(offset(i));
    return !before.empty() && before.back().offset == offset(i) ? &before.back()
                                                                : nullptr;
  }
  bool isStart(size_t i) const { return startAt(i) != nullptr; }
  bool isTaken(size_t i) const { return startAt(i) && startAt(i)->isTaken; }
  /// Where field \p i leads, measured from itself.
  uint64_t plain(size_t i) const {
    return symbol(i).offset + static_cast<uint64_t>(relocation(i).addend);
  }
  /// Where field \p i leads, measured from \p base.
  uint64_t target(size_t i, int64_t base) const {
    return base == kItself ? plain(i)
                           : plain(i) - static_cast<uint64_t>(offset(i) - base);
  }
  bool isNamed(size_t i) const { return symbol(i).type != SymbolType::Section; }
  bool isEntryPoint(size_t i) const {
    const Function *function = binary.functionAt(symbol(i).section, plain(i));
    return function && function->entry == plain(i);
  }

  Fit fit(size_t begin, size_t end, int64_t base, bool sweeps = true) const {
    Fit all = Fit::Yes;
    for (size_t i = begin; i != end; ++i) {
      if (isNamed(i))
        continue;
      const Section &code = binary.sections[symbol(i).section];
      uint64_t place = target(i, base);
      if (place > code.size || splitsInstruction(code.code, place))
        return Fit::No;
      if (code.code.length(place) == 0 &&
          !(sweeps && isSwept(binary.arch, code, place)))
        all = Fit::Maybe;
    }
    return all;
  }

  /// A start that something takes may stand in the rows of one table and be
  /// what the next, which nothing takes, is measured from.
  bool isBaseOfNext(size_t begin, size_t end) const {
    return begin != 0 && end != run.size() && !isTaken(end) &&
           offset(end) - offset(begin) <= kSmallBias;
  }

  Choice choose(size_t begin, size_t end) const {
    Choice choice;
    ArrayRef<Start> before = startsUpTo(offset(begin));
    bool allEntryPoints = end - begin > 1 || run.size() == 1;
    for (size_t i = begin; i != end; ++i)
      allEntryPoints &= isEntryPoint(i);
    if (before.empty() || allEntryPoints ||
        namesInstructions(section.name) || // fields lead from themselves
        section.name == ".orc_unwind_ip")
      return choice;
    int64_t lowest = before.front().offset;
    before = before.take_back(kMostStarts);

    if (isTaken(begin) && !isBaseOfNext(begin, end) &&
        fit(begin, end, offset(begin), false) != Fit::No) {
      choice.base = offset(begin);
      return choice;
    }
    int64_t window = offset(0) - kSmallBias;
    // The nearest from which all lead to instructions; those that cannot be
    // told from it are its rivals.
    SmallVector<int64_t, 4> certain, possible;
    auto consider = [&](int64_t base, bool isNear) {
      Fit fits = fit(begin, end, base);
      if (fits == Fit::Yes)
        certain.push_back(base);
      else if (fits == Fit::Maybe && isNear)
        possible.push_back(base);
    };
    for (bool isTaken : {true, false})
      for (const Start &start : reverse(before))
        if (start.isTaken == isTaken)
          consider(start.offset, start.offset >= window && run.size() > 1);
    consider(kItself, true);
    bool isKnown = !certain.empty();
    llvm::append_range(certain, possible);
    if (!certain.empty())
      choice.base = certain.front();
    choice.rivals = certain;
    if (!isKnown)
      choice.rivals.append({lowest, kItself});
    choice.isGuess = !isKnown && isBaseOfNext(begin, end);
    return choice;
  }

  void readSegment(size_t begin, size_t end) {
    Choice choice = choose(begin, end);
    for (size_t i = begin; i != end; ++i) {
      readings.push_back(isNamed(i) ? readNamed(begin, i, end, choice.base)
                                    : readUnnamed(i, choice));
      readings.back().inTable =
          choice.base != kItself && !choice.isGuess && run.size() > 1;
    }
  }

  TableReading plainReading(size_t i) const {
    TableReading reading;
    reading.relocation = run[i];
    reading.target = {plain(i), symbol(i).section, Side::Label};
    reading.base = {relocation(i).offset, index, Side::Byte};
    reading.lowest = reading.highest = plain(i);
    return reading;
  }

  TableReading readNamed(size_t begin, size_t i, size_t end,
                         int64_t base) const {
    TableReading reading = plainReading(i);
    int64_t addend = relocation(i).addend;
    if (addend == 0)
      return reading;
    // The neighbours tell whether what the addend adds is the distance to one
    // base, in this table or (as in relative vtables) at some other place.
    bool sameBase = base != kItself && addend == offset(i) - base;
    for (size_t other : {i - 1, i + 1})
      if (other >= begin && other < end && isNamed(other))
        sameBase |=
            addend - relocation(other).addend == offset(i) - offset(other);
    if (sameBase)
      reading.target.offset = reading.lowest = reading.highest =
          symbol(i).offset;
    else if (addend > 0)
      reading.lowest = symbol(i).offset;
    return reading;
  }

  TableReading readUnnamed(size_t i, const Choice &choice) const {
    TableReading reading = plainReading(i);
    uint64_t place = target(i, choice.base);
    reading.target.offset = reading.lowest = reading.highest = place;
    if (choice.base != kItself) // one before the section moves with its begin
      reading.base.offset =
          static_cast<uint64_t>(std::max<int64_t>(choice.base, 0));
    for (int64_t rival : choice.rivals) {
      uint64_t other = target(i, rival);
      if (other > INT64_MAX)
        other = 0;
      reading.lowest = std::min(reading.lowest, other);
      reading.highest = std::max(reading.highest, other);
    }
    return reading;
  }

  const Binary &binary;
  SectionIndex index;
  const Section &section;
  ArrayRef<uint32_t> run;
  ArrayRef<Start> starts; ///< In this section, ascending, each once.
  std::vector<TableReading> &readings;
};

} // namespace

std::vector<TableReading> readTables(const Binary &binary, SectionIndex index,
                                     const TableStarts &tableStarts) {
  const Section &section = binary.sections[index];
  std::vector<Start> starts;
  auto add = [&](const PlaceSet &places, bool isTaken) {
    for (auto it = places.lower_bound({index, 0});
         it != places.end() && it->first == index; ++it)
      starts.push_back({static_cast<int64_t>(it->second), isTaken});
  };
  add(tableStarts.taken, true);
  add(tableStarts.named, false);
  llvm::sort(starts, std::greater<Start>()); // the taken one first
  starts.erase(std::unique(starts.begin(), starts.end(),
                           [](const Start &a, const Start &b) {
                             return a.offset == b.offset;
                           }),
               starts.end());
  std::reverse(starts.begin(), starts.end());
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

/// What the fields of a table in code are measured from, and lead to.
enum class InlineKind : uint8_t {
  Cases,            ///< From the start to places in the owner.
  Entries,          ///< From the start to functions.
  EntriesFromField, ///< From the field itself to functions.
};

static std::vector<Reference> readInlineTable(const Binary &binary, Place start,
                                              const Function &owner,
                                              InlineKind kind, uint8_t width) {
  const Section &section = binary.sections[start.section];
  std::vector<Reference> entries;
  for (uint64_t at = start.offset; at + width <= section.bytes.size();
       at += width) {
    // The table ends where code or something else with a name begins.
    bool free = at == start.offset || !section.code.label(at);
    for (unsigned i = 0; i != width; ++i)
      free &= section.code.length(at + i) == 0;
    int64_t value =
        width == 4
            ? int64_t(int32_t(support::endian::read32le(&section.bytes[at])))
            : int64_t(int16_t(support::endian::read16le(&section.bytes[at])));
    bool fromField = kind == InlineKind::EntriesFromField;
    uint64_t target =
        (fromField ? at : start.offset) + static_cast<uint64_t>(value);
    bool isMeant = target > owner.site && target < owner.end &&
                   !(target > start.offset && target < at + width);
    if (kind != InlineKind::Cases) {
      const Function *function = binary.functionAt(start.section, target);
      isMeant = function && function->entry == target;
    }
    if (!free || !isMeant)
      break;
    Reference entry;
    entry.offset = at;
    entry.width = width;
    entry.target = {target, start.section, Side::Label};
    entry.base = fromField ? Place{at, start.section, Side::Byte} : start;
    entries.push_back(entry);
  }
  if (entries.size() < 2) // too short to be told from a constant
    entries.clear();
  return entries;
}

std::vector<Reference> readInlineTable(const Binary &binary, Place start,
                                       const Function &owner, bool jumps) {
  std::vector<Reference> entries;
  auto read = [&](InlineKind kind, uint8_t width) {
    if (entries.empty())
      entries = readInlineTable(binary, start, owner, kind, width);
  };
  if (jumps)
    read(InlineKind::Cases, 4);
  read(InlineKind::Entries, 4);
  read(InlineKind::EntriesFromField, 4);
  if (jumps)
    read(InlineKind::Cases, 2);
  return entries;
}

} // namespace hotpad::x86
