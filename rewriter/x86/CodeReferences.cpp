//===- CodeReferences.cpp -------------------------------------------------===//
//
// In an object most references carry no relocation: the assembler resolves
// calls, jumps and rip-relative operands inside one section. To find them the
// code is decoded, and to decode only code (hand-written assembly keeps tables
// between its instructions) the walk follows control flow from what is known
// to be code:
//
//     functions, starts of unwinding ranges, landing pads
//       -> targets of their branches and calls, relocated or not
//       -> entries of jump tables that they load
//       -> labels inside a function whose address is taken (computed goto)
//
// until nothing new turns up. Bytes that nothing leads to are data, padding or
// dead code, and are left alone.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeReferences.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/Functions.h"
#include "rewriter/x86/JumpTables.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace hotpad::x86 {

namespace {

/// The split-off part of a function: its jumps count as the function's own.
struct ColdPart {
  SectionIndex section;
  uint64_t begin, end;
  SectionIndex parentSection;
  uint64_t parentEntry;
};

/// Lists of instructions that other patchers overwrite: a field that leads to
/// an entry means the instruction there, not the function.
bool namesInstructions(StringRef section) {
  static constexpr StringRef kLists[] = {
      "xray_instr_map", // LLVM XRay
      "__mcount_loc",   // gcc -mrecord-mcount, the kernel's ftrace
      ".note.stapsdt",  // SystemTap probes
      "__patchable_function_entries", // -fpatchable-function-entry
  };
  return is_contained(kLists, section);
}

class Walker {
public:
  explicit Walker(Binary &binary) : binary(binary) {}

  Error run() {
    prepare();
    tableStarts = findTableStarts(binary);
    seed();
    do {
      drain();
      if (addCalledLabels(binary, calls)) {
        reseedFunctions();
        drain();
      }
      calls.clear();
    } while (followTables() || followAddressTakenLabels() ||
             followComputedJumps());
    addDataReferences();
    return Error::success();
  }

private:
  struct Start {
    SectionIndex section;
    uint64_t offset;
  };

  /// A place in code whose address is taken, and where it is taken.
  struct TakenAddress {
    Place target, source;
  };

  void prepare();
  void seed();
  void reseedFunctions();
  void drain();
  void walk(SectionIndex index, uint64_t offset);
  void visit(SectionIndex index, uint64_t offset,
             const Instruction &instruction, const Function *owner);
  void addTarget(Reference &reference, uint64_t source, const Function *owner,
                 const Instruction &instruction);
  bool isInside(SectionIndex section, uint64_t source,
                const Function &function);
  bool followTables();
  bool followAddressTakenLabels();
  bool follow(Place place);
  bool addInlineTable(Place start, const Function &owner);
  bool followComputedJumps();
  std::vector<uint64_t> decodeAsCode(const Function &function, uint64_t begin,
                                     uint64_t end);
  bool hasIndirectJump(const Function &function) const;
  void addDataReferences();
  void noteListed(const Section &list, Place place);
  void addDistanceFromLabel(SectionIndex index, uint32_t number);
  void markLabel(Place place);
  uint32_t relocationAt(SectionIndex index, uint64_t offset, unsigned width);
  /// Inside a function of known extent, or in the cold part of one.
  bool isInterior(Place place) const {
    const Function *function = binary.functionAt(place.section, place.offset);
    return (function && function->sized && place.offset != function->entry) ||
           coldPartAt(place.section, place.offset);
  }
  const ColdPart *coldPartAt(SectionIndex section, uint64_t offset) const;

  Binary &binary;
  std::vector<Start> work;
  std::vector<Place> calls; ///< Direct call targets without function.
  std::vector<TakenAddress> addressTaken;
  std::vector<ColdPart> coldParts; ///< Sorted by (section, begin).
  TableStarts tableStarts;
  TableStarts followed;     ///< Places queued by follow().
  TableStarts inlineTables; ///< Looked at already.
  std::vector<std::vector<uint32_t>> relocationOrder; ///< By section.
  std::vector<std::vector<bool>> handled; ///< By section: relocation -> done.
  DenseMap<SectionIndex, std::vector<TableReading>> readings;
};

void Walker::prepare() {
  size_t count = binary.sections.size();
  relocationOrder.resize(count);
  handled.resize(count);
  for (SectionIndex i = 1; i < count; ++i) {
    Section &section = binary.sections[i];
    handled[i].assign(section.relocations.size(), false);
    for (const Reference &reference : section.references)
      if (reference.relocation != kNoRelocation)
        handled[i][reference.relocation] = true;
    if (!section.executable || section.noBits)
      continue;
    section.code.reset(section.size);
    if (!is_sorted(section.relocations,
                   [](const Relocation &a, const Relocation &b) {
                     return a.offset < b.offset;
                   })) {
      auto &order = relocationOrder[i];
      for (uint32_t r = 0; r != section.relocations.size(); ++r)
        order.push_back(r);
      llvm::stable_sort(order, [&](uint32_t a, uint32_t b) {
        return section.relocations[a].offset < section.relocations[b].offset;
      });
    }
  }
  StringMap<SymbolIndex> byName;
  bool anyCold = false;
  for (SymbolIndex i = 1; i < binary.symbols.size(); ++i)
    anyCold |= binary.symbols[i].name.contains(".cold");
  if (anyCold)
    for (SymbolIndex i = 1; i < binary.symbols.size(); ++i)
      if (binary.symbols[i].section != 0)
        byName.try_emplace(binary.symbols[i].name, i);
  for (const Symbol &symbol : binary.symbols) {
    if (symbol.section == 0)
      continue;
    const Section &section = binary.sections[symbol.section];
    if (!section.executable)
      continue;
    if (symbol.type != SymbolType::Section)
      markLabel({symbol.offset, symbol.section, Side::Label});
    if (symbol.type == SymbolType::Data)
      markLabel({symbol.offset + symbol.size, symbol.section, Side::Label});
    auto parent = byName.find(symbol.name.rsplit(".cold").first);
    if (anyCold && symbol.name.contains(".cold") && parent != byName.end()) {
      const Symbol &whole = binary.symbols[parent->second];
      coldParts.push_back({symbol.section, symbol.offset,
                           symbol.offset + symbol.size, whole.section,
                           whole.offset});
    }
  }
  llvm::sort(coldParts, [](const ColdPart &a, const ColdPart &b) {
    return std::tie(a.section, a.begin) < std::tie(b.section, b.begin);
  });
}

void Walker::markLabel(Place place) {
  if (place.section != 0 && binary.sections[place.section].executable)
    binary.sections[place.section].code.setLabel(place.offset);
}

void Walker::reseedFunctions() {
  for (const Function &function : binary.functions)
    work.push_back({function.section, function.entry});
}

void Walker::seed() {
  for (const Place &pad : binary.landingPads)
    work.push_back({pad.section, pad.offset});
  for (const UnwindRange &range : binary.unwind)
    if (range.begin != range.end) {
      // One that begins in padding says nothing of the padding being run.
      const Section &section = binary.sections[range.section];
      Instruction first;
      if (!range.signalFrame && section.executable &&
          decode(section.bytes, range.begin, first) && first.flow != Flow::Nop)
        work.push_back({range.section, range.begin});
      markLabel({range.begin, range.section, Side::Label});
    }
  reseedFunctions();
}

void Walker::drain() {
  while (!work.empty()) {
    Start start = work.back();
    work.pop_back();
    walk(start.section, start.offset);
  }
}

/// `call 1f; data; 1: pop %rax`: the call does not come back, its return
/// address is where the data is. \p end is where the instruction ends.
static bool takesReturnAddress(const Section &section, uint64_t end,
                               const Instruction &instruction) {
  uint64_t target = end + static_cast<uint64_t>(instruction.field);
  return instruction.flow == Flow::Call && instruction.isRelative &&
         instruction.field > 0 && target < section.size &&
         (section.bytes[target] & 0xF8) == 0x58; // pop
}

void Walker::walk(SectionIndex index, uint64_t offset) {
  Section &section = binary.sections[index];
  if (!section.executable || offset >= section.size ||
      section.code.length(offset) != 0)
    return;
  const Function *owner = binary.functionAt(index, offset);
  // Stop at the next entry, which is a start of its own.
  uint64_t limit = section.size;
  auto next = partition_point(binary.functions, [&](const Function &function) {
    return std::tie(function.section, function.entry) <=
           std::tie(index, offset);
  });
  if (next != binary.functions.end() && next->section == index)
    limit = std::min(limit, next->entry);
  bool behindEnd = false, behindCall = false;
  while (offset < limit && section.code.length(offset) == 0) {
    Instruction instruction;
    if (!decode(section.bytes, offset, instruction)) {
      // A function that begins with no instruction is no code at all.
      if (!behindEnd && !(owner && offset == owner->entry))
        binary.undecoded.push_back({offset, index, Side::Label});
      return;
    }
    // Code that runs out of its function goes on to padding, or to a jump over
    // it. Behind a call, and for anything else, that is a guess.
    if (behindEnd && (behindCall || (instruction.flow != Flow::Nop &&
                                     instruction.flow != Flow::Jump)))
      return;
    section.code.set(offset, instruction.length, instruction.flow);
    visit(index, offset, instruction, owner);
    offset += instruction.length;
    behindEnd = owner && offset >= owner->end;
    behindCall = instruction.flow == Flow::Call;
    if (instruction.flow == Flow::Jump || instruction.flow == Flow::Stop ||
        instruction.flow == Flow::IndirectJump ||
        takesReturnAddress(section, offset, instruction))
      return;
  }
}

uint32_t Walker::relocationAt(SectionIndex index, uint64_t offset,
                              unsigned width) {
  const Section &section = binary.sections[index];
  const auto &order = relocationOrder[index];
  size_t low = 0, high = section.relocations.size();
  auto at = [&](size_t i) {
    return order.empty() ? static_cast<uint32_t>(i) : order[i];
  };
  while (low != high) {
    size_t middle = (low + high) / 2;
    if (section.relocations[at(middle)].offset < offset)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low != section.relocations.size(); ++low) {
    const Relocation &relocation = section.relocations[at(low)];
    if (relocation.offset >= offset + width)
      break;
    if (relocation.width != 0)
      return at(low);
  }
  return kNoRelocation;
}

bool Walker::isInside(SectionIndex section, uint64_t source,
                      const Function &function) {
  if (section == function.section && source >= function.entry &&
      source < function.end)
    return true;
  const ColdPart *part = coldPartAt(section, source);
  return part && part->parentSection == function.section &&
         part->parentEntry == function.entry;
}

const ColdPart *Walker::coldPartAt(SectionIndex section,
                                   uint64_t offset) const {
  auto part = partition_point(coldParts, [&](const ColdPart &candidate) {
    return std::tie(candidate.section, candidate.begin) <=
           std::tie(section, offset);
  });
  if (part == coldParts.begin())
    return nullptr;
  --part;
  return part->section == section && offset < part->end ? &*part : nullptr;
}

/// Decides the side of a code target, notes what it says about functions, and
/// queues it for decoding.
void Walker::addTarget(Reference &reference, uint64_t source,
                       const Function *owner, const Instruction &instruction) {
  SectionIndex index = reference.base.section;
  Place &target = reference.target;
  if (!binary.sections[target.section].executable)
    return;
  markLabel(target);
  bool isCall = instruction.flow == Flow::Call;
  if (instruction.isRelative) {
    work.push_back({target.section, target.offset});
    reference.isBranch = !isCall;
  } else {
    addressTaken.push_back({target, {source, index, Side::Label}});
  }
  // Nearly all branches stay inside their function, behind its site.
  if (owner && target.section == index && target.offset > owner->site + 1 &&
      target.offset < owner->end && !isCall)
    return;
  auto *function =
      const_cast<Function *>(binary.functionAt(target.section, target.offset));
  // `call next; next: pop` only asks where it is.
  bool isReturnAddress = isCall && target.section == reference.base.section &&
                         target.offset == reference.base.offset;
  if (isCall && !isReturnAddress &&
      (!function || function->entry != target.offset))
    calls.push_back(target);
  if (!function || !instruction.isRelative)
    return;
  if (target.offset == function->site + 1)
    function->branchIntoSite = true;
  // A jump to the endbr before the site runs through the site as well.
  if (isCall ||
      (target.offset != function->site && target.offset != function->entry) ||
      !isInside(index, source, *function))
    return;
  // A jump by way of a symbol that another file may replace is a tail call.
  if (reference.relocation != kNoRelocation) {
    const Relocation &relocation =
        binary.sections[index].relocations[reference.relocation];
    if (binary.symbols[relocation.symbol].preemptible)
      return;
  }
  function->branchToSite = true;
  reference.retarget = static_cast<uint8_t>(function->site - target.offset);
  target.offset = function->site;
  target.side = Side::Byte;
}

void Walker::visit(SectionIndex index, uint64_t offset,
                   const Instruction &instruction, const Function *owner) {
  if (instruction.fieldOffset == 0)
    return;
  Section &section = binary.sections[index];
  uint64_t end = offset + instruction.length;
  Reference reference;
  reference.offset = offset + instruction.fieldOffset;
  reference.width = instruction.fieldWidth;
  reference.isCode = true;
  reference.base = {end, index, Side::End};
  reference.relocation = relocationAt(index, reference.offset, reference.width);
  if (reference.relocation == kNoRelocation) {
    uint64_t target = end + static_cast<uint64_t>(instruction.field);
    // Outside its own section and without a relocation: nothing that moves.
    if (target > section.size)
      return;
    reference.target = {target, index, Side::Label};
  } else {
    if (handled[index][reference.relocation])
      return;
    const Relocation &relocation = section.relocations[reference.relocation];
    const Symbol &symbol = binary.symbols[relocation.symbol];
    if (symbol.section == 0 || !relocation.namesPlace || !relocation.pcRelative)
      return;
    handled[index][reference.relocation] = true;
    // The linker measures from the field, the processor from the end of the
    // instruction: the addend holds the difference.
    uint64_t place = symbol.offset + static_cast<uint64_t>(relocation.addend) +
                     (end - relocation.offset);
    reference.target = {place, symbol.section, Side::Label};
  }
  addTarget(reference, offset, owner, instruction);
  section.references.push_back(reference);
}

bool Walker::followTables() {
  bool any = false;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (section.executable || section.noBits || section.relocations.empty())
      continue;
    std::vector<TableReading> fresh = readTables(binary, i, tableStarts);
    for (const TableReading &reading : fresh) {
      if (handled[i][reading.relocation] || reading.behindRun != 0)
        continue;
      const Place &target = reading.target;
      const Section &code = binary.sections[target.section];
      if (isInterior(target) ||
          reading.base.offset !=
              section.relocations[reading.relocation].offset) {
        if (target.offset < code.size)
          any |= follow(target);
      }
    }
    readings[i] = std::move(fresh);
  }
  drain();
  return any;
}

bool Walker::hasIndirectJump(const Function &function) const {
  const CodeMap &code = binary.sections[function.section].code;
  for (uint64_t at = function.entry; at < function.end; ++at)
    if (code.length(at) != 0 && code.flow(at) == Flow::IndirectJump)
      return true;
  return false;
}

bool Walker::followAddressTakenLabels() {
  // A label inside a function whose address is taken, by code or data, is code
  // when something in the function can jump there; so are the places in a table
  // that stands in the code section itself.
  std::vector<TakenAddress> taken;
  taken.swap(addressTaken);
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    for (size_t r = 0; r != section.relocations.size(); ++r) {
      const Relocation &relocation = section.relocations[r];
      const Symbol &symbol = binary.symbols[relocation.symbol];
      if (handled[i][r] || symbol.section == 0 || !relocation.namesPlace ||
          relocation.pcRelative || !binary.sections[symbol.section].executable)
        continue;
      taken.push_back(
          {{symbol.offset + static_cast<uint64_t>(relocation.addend),
            symbol.section, Side::Label},
           {relocation.offset, i, Side::Label}});
    }
  }
  bool any = false;
  for (const TakenAddress &address : taken) {
    const Place &place = address.target;
    bool byCode = binary.sections[address.source.section].executable;
    auto *function =
        const_cast<Function *>(binary.functionAt(place.section, place.offset));
    bool interior = isInterior(place);
    if (byCode && interior && function)
      function->hasLabelValues = true;
    const CodeMap &code = binary.sections[place.section].code;
    if (place.offset >= code.size() || code.length(place.offset) != 0)
      continue;
    const Function *owner =
        binary.functionAt(address.source.section, address.source.offset);
    if (byCode && owner && owner->section == place.section &&
        hasIndirectJump(*owner) && addInlineTable(place, *owner)) {
      any = true;
      continue;
    }
    // In a cold part there is nothing but code; the jump is in its parent.
    if (!interior || (function && !hasIndirectJump(*function)))
      continue;
    any |= follow(place);
  }
  return any;
}

/// Queues a place for decoding, once. False when that is no news.
bool Walker::follow(Place place) {
  if (binary.sections[place.section].code.length(place.offset) != 0 ||
      !followed.insert({place.section, place.offset}).second)
    return false;
  work.push_back({place.section, place.offset});
  return true;
}

bool Walker::addInlineTable(Place start, const Function &owner) {
  if (!inlineTables.insert({start.section, start.offset}).second)
    return false;
  std::vector<Reference> entries = readInlineTable(binary, start, owner);
  for (const Reference &entry : entries) {
    markLabel(entry.target);
    work.push_back({entry.target.section, entry.target.offset});
  }
  llvm::append_range(binary.sections[start.section].references, entries);
  return !entries.empty();
}

/// Hand-written code may compute where it jumps: `lea blocks(%rip)`, plus 64 a
/// case. What nothing leads to in such a function is taken for code when all
/// of it decodes and all its branches lead to instructions or entries.
bool Walker::followComputedJumps() {
  bool any = false;
  for (size_t f = 0; f != binary.functions.size(); ++f) {
    const Function &function = binary.functions[f];
    if (!function.hasLabelValues || !function.sized ||
        !hasIndirectJump(function))
      continue;
    const CodeMap &code = binary.sections[function.section].code;
    for (uint64_t at = function.entry; at < function.end;) {
      if (unsigned length = code.length(at)) {
        at += length;
        continue;
      }
      uint64_t begin = at;
      while (at < function.end && code.length(at) == 0)
        ++at;
      std::vector<uint64_t> starts = decodeAsCode(function, begin, at);
      for (uint64_t start : starts)
        any |= follow({start, function.section, Side::Label});
    }
  }
  return any;
}

/// The instructions of [begin, end), or nothing when it may be data.
std::vector<uint64_t> Walker::decodeAsCode(const Function &function,
                                           uint64_t begin, uint64_t end) {
  const Section &section = binary.sections[function.section];
  std::vector<uint64_t> starts;
  std::vector<uint64_t> targets;
  bool isAllPadding = true;
  for (uint64_t at = begin; at < end;) {
    Instruction instruction;
    if (!decode(section.bytes.take_front(end), at, instruction))
      return {};
    isAllPadding &= instruction.flow == Flow::Nop || section.bytes[at] == 0xCC;
    starts.push_back(at);
    if (instruction.isRelative &&
        relocationAt(function.section, at + instruction.fieldOffset,
                     instruction.fieldWidth) == kNoRelocation)
      targets.push_back(at + instruction.length +
                        static_cast<uint64_t>(instruction.field));
    at += instruction.length;
  }
  if (isAllPadding)
    return {};
  for (uint64_t target : targets) {
    const Function *at = binary.functionAt(function.section, target);
    bool isEntry = at && at->entry == target;
    if (!isEntry && section.code.length(target) == 0 &&
        !std::binary_search(starts.begin(), starts.end(), target))
      return {};
  }
  return starts;
}

void Walker::noteListed(const Section &list, Place place) {
  binary.namedByData.insert({place.section, place.offset});
  auto *function =
      const_cast<Function *>(binary.functionAt(place.section, place.offset));
  if (function && namesInstructions(list.name))
    function->listedElsewhere |=
        place.offset == function->entry || place.offset == function->site;
}

void Walker::addDataReferences() {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    Section &section = binary.sections[i];
    for (const TableReading &reading : readings[i]) {
      if (handled[i][reading.relocation])
        continue;
      handled[i][reading.relocation] = true;
      Reference reference;
      reference.offset = section.relocations[reading.relocation].offset;
      reference.width = section.relocations[reading.relocation].width;
      reference.relocation = reading.relocation;
      reference.target = reading.target;
      reference.base = reading.base;
      if (reading.behindRun != 0)
        binary.uncertain.push_back(
            {reading.target.section,
             reading.target.offset -
                 std::min(reading.target.offset, reading.behindRun),
             reading.target.offset});
      markLabel(reading.target);
      noteListed(section, reading.target);
      section.references.push_back(reference);
    }
    for (uint32_t r = 0; r != section.relocations.size(); ++r) {
      const Relocation &relocation = section.relocations[r];
      const Symbol &symbol = binary.symbols[relocation.symbol];
      if (section.executable && relocation.pcRelative &&
          !relocation.namesPlace && relocation.addend >= 0)
        addDistanceFromLabel(i, r);
      if (handled[i][r] || symbol.section == 0 || !relocation.namesPlace ||
          !binary.sections[symbol.section].executable)
        continue;
      Reference reference;
      reference.offset = relocation.offset;
      reference.width = relocation.width;
      reference.relocation = r;
      reference.target = {symbol.offset +
                              static_cast<uint64_t>(relocation.addend),
                          symbol.section, Side::Label};
      if (relocation.pcRelative) {
        // In code that nothing leads to the bias of the instruction is
        // unknown; the usual one is the field's own width.
        uint64_t bias = section.executable ? relocation.width : 0;
        reference.target.offset += bias;
        reference.base = {relocation.offset + bias, i,
                          bias ? Side::End : Side::Byte};
      }
      if (reference.target.offset > binary.sections[symbol.section].size)
        continue; // outside: moves with the symbol
      markLabel(reference.target);
      noteListed(section, reference.target);
      section.references.push_back(reference);
    }
  }
}

/// `movabs $_GLOBAL_OFFSET_TABLE_ - .L, %reg` measures from a label in the
/// code: the relocation measures from the field, so the addend is the distance
/// from the label to the field.
void Walker::addDistanceFromLabel(SectionIndex index, uint32_t number) {
  Section &section = binary.sections[index];
  const Relocation &relocation = section.relocations[number];
  const Function *owner = binary.functionAt(index, relocation.offset);
  uint64_t distance = static_cast<uint64_t>(relocation.addend);
  if (!owner || distance > relocation.offset - owner->entry)
    return;
  Reference reference;
  reference.offset = relocation.offset;
  reference.width = relocation.width;
  reference.relocation = number;
  reference.base = {relocation.offset - distance, index, Side::Label};
  section.references.push_back(reference);
}

} // namespace

Error findCodeReferences(Binary &binary) {
  if (Error error = Walker(binary).run())
    return error;
  findSurroundings(binary);
  return Error::success();
}

} // namespace hotpad::x86
