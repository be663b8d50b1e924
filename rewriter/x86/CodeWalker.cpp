//===- CodeWalker.cpp - follow control flow -------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include <numeric>

using namespace llvm;

namespace hotpad::x86 {

/// Bytes that share a count of the relocations before them.
static constexpr uint64_t kBlock = 64;

/// Makes relocationAt() quick: it is asked for most instructions.
void CodeWalker::indexRelocations(SectionIndex index) {
  const Section &section = binary.sections[index];
  ArrayRef<Relocation> relocations = section.relocations;
  if (relocations.empty() || section.noBits)
    return;
  auto &order = relocationOrder[index];
  auto isBefore = [](const Relocation &a, const Relocation &b) {
    return a.offset < b.offset;
  };
  if (!is_sorted(relocations, isBefore)) {
    order.resize(relocations.size());
    std::iota(order.begin(), order.end(), 0u);
    llvm::stable_sort(order, [&](uint32_t a, uint32_t b) {
      return isBefore(relocations[a], relocations[b]);
    });
  }
  auto &before = relocationsBefore[index];
  before.resize(section.size / kBlock + 1);
  uint32_t next = 0;
  for (uint64_t block = 0; block != before.size(); ++block) {
    while (next != relocations.size() &&
           relocations[order.empty() ? next : order[next]].offset <
               block * kBlock)
      ++next;
    before[block] = next;
  }
}

void CodeWalker::prepare() {
  size_t count = binary.sections.size();
  relocationOrder.resize(count);
  relocationsBefore.resize(count);
  handled.resize(count);
  for (SectionIndex i = 1; i < count; ++i) {
    Section &section = binary.sections[i];
    handled[i].assign(section.relocations.size(), false);
    for (const Reference &reference : section.references)
      if (reference.relocation != kNoRelocation)
        handled[i][reference.relocation] = true;
    indexRelocations(i);
    if (section.executable && !section.noBits)
      section.code.reset(section.size);
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

void CodeWalker::sortRanges() {
  for (const UnwindRange &range : binary.unwind)
    ranges.push_back(&range);
  llvm::sort(ranges, [](const UnwindRange *a, const UnwindRange *b) {
    return std::tie(a->section, a->begin, a->end) <
           std::tie(b->section, b->begin, b->end);
  });
}

void CodeWalker::markLabel(Place place) {
  if (place.section != 0 && binary.sections[place.section].executable)
    binary.sections[place.section].code.setLabel(place.offset);
}

void CodeWalker::reseedFunctions() {
  for (const Function &function : binary.functions)
    work.push_back({function.section, function.entry});
}

void CodeWalker::seed() {
  for (const Place &pad : binary.landingPads)
    work.push_back({pad.section, pad.offset});
  for (const UnwindRange &range : binary.unwind)
    if (range.begin != range.end) {
      // One that begins in padding says nothing of the padding being run.
      const Section &section = binary.sections[range.section];
      Instruction first;
      // A chained part is reached from its function, or holds its tables.
      if (!range.signalFrame && range.parent.section == 0 &&
          section.executable &&
          decode(binary.arch, section.bytes, range.begin, first) &&
          first.flow != Flow::Nop)
        work.push_back({range.section, range.begin});
      markLabel({range.begin, range.section, Side::Label});
    }
  // Steps of a prolog are counted in one byte.
  for (const Section &section : binary.sections)
    for (const Reference &reference : section.references)
      if (reference.width == 1)
        markLabel(reference.target);
  reseedFunctions();
}

void CodeWalker::drain() {
  while (!work.empty()) {
    Start start = work.back();
    work.pop_back();
    walk(start.section, start.offset);
  }
}

/// decode(), but where addends stand in the fields: `lea table(%esi), %esi` is
/// no NOP, however much it looks like one before it is linked, and no
/// instruction begins with a field. Addresses of 2 bytes are those of 16-bit
/// code.
bool CodeWalker::decodeAt(SectionIndex index, uint64_t offset,
                          Instruction &instruction) const {
  const Section &section = binary.sections[index];
  if (!decode(binary.arch, section.bytes, offset, instruction))
    return false;
  if (!binary.addendsInPlace)
    return true;
  uint32_t number = relocationAt(index, offset, instruction.length);
  if (number == kNoRelocation)
    return true;
  const Relocation &relocation = section.relocations[number];
  if (relocation.offset == offset || relocation.width == 2)
    return false;
  if (instruction.flow == Flow::Nop)
    instruction.flow = Flow::Next;
  return true;
}

/// `call 1f; data; 1: pop %rax`: the call does not come back, its return
/// address is where the data is. \p end is where the instruction ends.
bool CodeWalker::takesReturnAddress(SectionIndex index, uint64_t end,
                                    const Instruction &instruction) const {
  if (instruction.flow != Flow::Call || !instruction.isRelative ||
      relocationAt(index, end - instruction.length + instruction.fieldOffset,
                   instruction.fieldWidth) != kNoRelocation)
    return false;
  const Section &section = binary.sections[index];
  uint64_t target = end + static_cast<uint64_t>(instruction.field);
  return instruction.field > 0 && target < section.size &&
         (section.bytes[target] & 0xF8) == 0x58; // pop
}

void CodeWalker::walk(SectionIndex index, uint64_t offset) {
  Section &section = binary.sections[index];
  if (!section.executable || offset >= section.size ||
      section.code.length(offset) != 0)
    return;
  const Function *owner = binary.functionAt(index, offset);
  // Stop at the next entry, which is a start of its own.
  uint64_t limit = section.size;
  size_t next = binary.firstFunctionBehind(index, offset);
  if (next != binary.functions.size() &&
      binary.functions[next].section == index)
    limit = std::min(limit, binary.functions[next].entry);
  bool behindEnd = false, behindCall = false, mayBeOver = false;
  while (offset < limit && section.code.length(offset) == 0) {
    Instruction instruction;
    if (!decodeAt(index, offset, instruction)) {
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
    section.code.set(offset, instruction.length, instruction.flow,
                     instruction.fieldOffset != 0);
    if (binary.mode == Mode::Image)
      visitInImage(index, offset, instruction, owner);
    else
      visit(index, offset, instruction);
    offset += instruction.length;
    behindEnd = owner && offset >= owner->end;
    behindCall = instruction.flow == Flow::Call;
    if (instruction.flow == Flow::Jump || instruction.flow == Flow::Stop ||
        instruction.flow == Flow::IndirectJump ||
        takesReturnAddress(index, offset, instruction))
      return;
    if (mayStepOverData(index, offset, instruction, owner)) {
      // What stands here, and where code goes on, is not known.
      binary.uncertain.push_back(
          {index, 0, section.size, SkipReason::HiddenReference, true});
      return;
    }
    // A call that does not return may have data behind it, aligned by NOPs:
    // something that is read, or addresses. (No relocation changes an opcode.)
    mayBeOver = behindCall || (mayBeOver && instruction.flow == Flow::Nop);
    if (mayBeOver && (accessed.contains({index, offset}) ||
                      relocationAt(index, offset, 1) != kNoRelocation))
      return;
  }
}

uint32_t CodeWalker::relocationAt(SectionIndex index, uint64_t offset,
                                  unsigned width) const {
  const auto &before = relocationsBefore[index];
  if (offset / kBlock >= before.size())
    return kNoRelocation;
  ArrayRef<Relocation> relocations = binary.sections[index].relocations;
  const auto &order = relocationOrder[index];
  for (size_t i = before[offset / kBlock]; i != relocations.size(); ++i) {
    uint32_t number = order.empty() ? static_cast<uint32_t>(i) : order[i];
    const Relocation &relocation = relocations[number];
    if (relocation.offset >= offset + width)
      break;
    if (relocation.offset >= offset && relocation.width != 0)
      return number;
  }
  return kNoRelocation;
}

bool CodeWalker::isInside(SectionIndex section, uint64_t source,
                          const Function &function) {
  if (section == function.section && source >= function.entry &&
      source < function.end)
    return true;
  const ColdPart *part = coldPartAt(section, source);
  return part && part->parentSection == function.section &&
         part->parentEntry == function.entry;
}

const ColdPart *CodeWalker::coldPartAt(SectionIndex section,
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

/// Queues the code that \p reference leads to, and notes targets of calls,
/// which may be functions that nothing has shown yet.
void CodeWalker::addTarget(Reference &reference, uint64_t source,
                           const Instruction &instruction) {
  SectionIndex index = reference.base.section;
  const Place &target = reference.target;
  if (!binary.sections[target.section].executable)
    return;
  markLabel(target);
  if (!instruction.isRelative) {
    addressTaken.push_back({target, {source, index, Side::Label}});
    return;
  }
  work.push_back({target.section, target.offset});
  if (instruction.flow != Flow::Call) {
    reference.isBranch = true;
    return;
  }
  reference.isCall = true;
  // `call next; next: pop` only asks where it is.
  bool isReturnAddress =
      target.section == index && target.offset == reference.base.offset;
  const Function *function = binary.functionAt(target.section, target.offset);
  if (!isReturnAddress && (!function || function->entry != target.offset))
    calls.push_back({target, {source, index, Side::Label}});
}

/// Notes what branches and calls say about patch sites, and sends jumps that
/// loop to one behind it. All functions have to be known: a label may turn out
/// to be an entry long after the jumps to it were met.
void CodeWalker::addBranchesToSites() {
  for (const auto &[section, offset] : labelValues)
    if (const Function *function = binary.functionAt(section, offset))
      const_cast<Function *>(function)->hasLabelValues = true;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    for (Reference &reference : binary.sections[i].references)
      if (reference.isBranch || reference.isCall)
        addBranchToSite(i, reference);
}

void CodeWalker::addBranchToSite(SectionIndex index, Reference &reference) {
  Place &target = reference.target;
  auto *function =
      const_cast<Function *>(binary.functionAt(target.section, target.offset));
  if (!function || target.offset > function->site + 1)
    return;
  if (target.offset == function->site + 1)
    function->branchIntoSite = true;
  // A jump to the endbr before the site runs through the site as well.
  if (reference.isCall ||
      (target.offset != function->site && target.offset != function->entry) ||
      !isInside(index, reference.offset, *function))
    return;
  // A jump by way of a symbol that another file may replace is a tail call.
  if (reference.relocation != kNoRelocation) {
    const Relocation &relocation =
        binary.sections[index].relocations[reference.relocation];
    if (binary.symbols[relocation.symbol].preemptible)
      return;
  }
  function->branchToSite = true;
  function->branchToSiteElsewhere |= index != function->section ||
                                     reference.offset < function->entry ||
                                     reference.offset >= function->end;
  reference.retarget = static_cast<uint8_t>(function->site - target.offset);
  target.offset = function->site;
  target.side = Side::Byte;
}

/// What an instruction reads or writes by an absolute address is data, wherever
/// it lies: a table of addresses or of cases beside the code.
void CodeWalker::noteAccess(SectionIndex index, uint64_t offset,
                            const Instruction &instruction) {
  uint32_t number = relocationAt(index, offset + instruction.accessOffset, 4);
  if (number == kNoRelocation)
    return;
  const Relocation &relocation = binary.sections[index].relocations[number];
  const Symbol &symbol = binary.symbols[relocation.symbol];
  if (symbol.section != 0 && relocation.namesPlace && !relocation.pcRelative) {
    Place place = {symbol.offset + static_cast<uint64_t>(relocation.addend),
                   symbol.section, Side::Label};
    if (isBesideSymbol(symbol, place.offset)) // which is what is meant
      return;
    accessed.insert({place.section, place.offset});
    noteAddressOperand(place, {offset, index, Side::Label});
  }
}

void CodeWalker::visit(SectionIndex index, uint64_t offset,
                       const Instruction &instruction) {
  if (instruction.accessOffset != 0)
    noteAccess(index, offset, instruction);
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
    if (binary.mode == Mode::LinkedObject && target >= section.size) {
      // The linker resolved it in a way that its relocation does not tell.
      reference.target = binary.placeAt(section.address + target);
      if (reference.target.section == 0) {
        section.references.push_back(reference);
        return;
      }
    } else if (target > section.size) {
      // Outside: measured from something inside.
      if (!instruction.isRelative)
        noteAddressOperand({target, index, Side::Label},
                           {offset, index, Side::Label});
      return;
    } else {
      reference.target = {target, index, Side::Label};
    }
  } else {
    if (instruction.isRelative && binary.arch == Arch::X86)
      branchOperands[index].insert(reference.relocation);
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
    if (!instruction.isRelative && isBesideSymbol(symbol, place))
      place = symbol.offset;
    reference.target = {place, symbol.section, Side::Label};
  }
  if (!instruction.isRelative)
    noteAddressOperand(reference.target, {offset, index, Side::Label});
  if (instruction.flow == Flow::Call)
    notePicLabel(reference);
  addTarget(reference, offset, instruction);
  section.references.push_back(reference);
}

} // namespace hotpad::x86
