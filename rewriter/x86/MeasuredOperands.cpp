//===- MeasuredOperands.cpp - operands that are distances from a base -----===//
//
// Hand-written code reaches data by way of a base that it has in a register:
//
//     lea  first(%rip), %r10
//     lea  table-first(%r10), %rdx     PC32  table + (field - first)
//     mov  $table-first, %eax          the same as an immediate
//
// The relocation measures from the field, so the assembler adds the distance
// from the base to the field to the addend: `symbol + addend` is not where the
// operand leads, and the base B is named nowhere. It is one of the places in
// this section whose address the code takes:
//
// - the one that makes the distance to a named symbol exact,
// - or the only one that the same function, else the section, takes and that
//   leaves a place inside the symbol's section.
//
// If several remain, or none is in sight, nothing between the places that may
// be meant is moved. The GOT's own symbol is always meant exactly. (32-bit code
// has a return address as its base: see PicLabels.cpp.)
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::x86 {

/// Where the instruction begins whose bytes hold \p field, or ~0.
static uint64_t instructionOver(const CodeMap &code, uint64_t field) {
  for (unsigned back = 1; back < 15 && back <= field; ++back)
    if (unsigned length = code.length(field - back))
      return length > back ? field - back : ~0ull;
  return ~0ull;
}

/// The places in section \p index whose address its own code takes, and where
/// it does so.
ArrayRef<CodeWalker::TakenAddress>
CodeWalker::measuringPointsOf(SectionIndex index) {
  auto [it, isNew] = measuringPoints.try_emplace(index);
  if (!isNew)
    return it->second;
  const Section &section = binary.sections[index];
  auto add = [&](uint64_t target, uint64_t source) {
    if (target <= section.size)
      it->second.push_back(
          {{target, index, Side::Label}, {source, index, Side::Label}});
  };
  for (const Reference &reference : section.references) {
    if (!reference.isCode || reference.isBranch ||
        reference.target.section != index)
      continue;
    bool asksWhere = reference.target.offset == reference.base.offset; // call
    if (asksWhere || isLeaOperand(section, reference.offset))
      add(reference.target.offset, reference.offset);
  }
  for (const Relocation &relocation : section.relocations) {
    const Symbol &symbol = binary.symbols[relocation.symbol];
    if (symbol.section == index && relocation.namesPlace &&
        !relocation.pcRelative)
      add(symbol.offset + static_cast<uint64_t>(relocation.addend),
          relocation.offset);
  }
  return it->second;
}

/// Makes a reference of a pc-relative relocation in an operand that is not
/// relative to the instruction. True when the relocation is an operand's.
bool CodeWalker::addMeasuredOperand(SectionIndex index, uint32_t number) {
  Section &section = binary.sections[index];
  const Relocation &relocation = section.relocations[number];
  uint64_t field = relocation.offset;
  uint64_t start = instructionOver(section.code, field);
  Instruction instruction;
  if (binary.arch != Arch::X86_64 || start == ~0ull)
    return false;
  uint8_t opcode = section.bytes[start];
  if ((opcode == 0xE8 || opcode == 0xE9) && start + 1 == field)
    return true; // a call or jump, as nearly all are
  if (!decode(binary.arch, section.bytes, start, instruction))
    return false;
  if (instruction.fieldOffset != 0 && start + instruction.fieldOffset == field)
    return true; // relative, as it should be
  handled[index][number] = true;

  const Symbol &symbol = binary.symbols[relocation.symbol];
  bool hasTarget = relocation.namesPlace && symbol.section != 0;
  Reference reference;
  reference.offset = field;
  reference.width = relocation.width;
  reference.relocation = number;
  // The base, if what is meant is the symbol itself.
  uint64_t exact = field - static_cast<uint64_t>(relocation.addend);
  /// Where the operand leads when it is measured from \p base.
  auto leadsTo = [&](uint64_t base) {
    return symbol.offset + static_cast<uint64_t>(relocation.addend) -
           (field - base);
  };
  auto isPlausible = [&](const TakenAddress &taken) {
    return !hasTarget ||
           leadsTo(taken.target.offset) <= binary.sections[symbol.section].size;
  };
  auto finish = [&](uint64_t base) {
    reference.base = {base, index, Side::Label};
    if (hasTarget && leadsTo(base) <= binary.sections[symbol.section].size)
      reference.target = {leadsTo(base), symbol.section, Side::Label};
    markLabel(reference.base);
    markLabel(reference.target);
    section.references.push_back(reference);
    return true;
  };
  auto uncertain = [&](uint64_t lowest, uint64_t highest) {
    if (lowest != highest)
      binary.uncertain.push_back(
          {index, lowest, highest, SkipReason::UnknownBase, true});
    return finish(lowest);
  };

  if (!relocation.namesPlace)
    return exact <= section.size ? finish(exact) : uncertain(0, section.size);
  ArrayRef<TakenAddress> points = measuringPointsOf(index);
  bool isNamed = symbol.type != SymbolType::Section;
  auto isExact = [&](const TakenAddress &taken) {
    return taken.target.offset == exact;
  };
  if (isNamed && any_of(points, isExact))
    return finish(exact);
  std::set<uint64_t> bases;
  const Function *owner = binary.functionAt(index, field);
  for (const TakenAddress &taken : points)
    if (isPlausible(taken) && owner && taken.source.offset >= owner->entry &&
        taken.source.offset < owner->end)
      bases.insert(taken.target.offset);
  if (bases.size() == 1)
    return finish(*bases.begin());
  for (const TakenAddress &taken : points)
    if (isPlausible(taken))
      bases.insert(taken.target.offset);
  if (!bases.empty())
    return uncertain(*bases.begin(), *bases.rbegin());
  // Whoever has the base is in another section.
  if (isNamed && exact <= section.size && section.code.label(exact))
    return finish(exact);
  return uncertain(0, section.size);
}

} // namespace hotpad::x86
