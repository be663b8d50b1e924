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
//       -> places without a name that addresses lead to, if they look like code
//
// until nothing new turns up. Bytes that nothing leads to are data, padding or
// dead code, and are left alone.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeReferences.h"
#include "rewriter/x86/CodeWalker.h"
#include "rewriter/x86/Functions.h"
#include "rewriter/x86/Surroundings.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::x86 {

void CodeWalker::run() {
  prepare();
  sortRanges();
  if (binary.mode == Mode::Image) {
    runInImage();
    return;
  }
  tableStarts = findTableStarts(binary);
  seed();
  do {
    drain();
    std::vector<Place> called;
    for (const TakenAddress &call : calls)
      called.push_back(call.target);
    calls.clear();
    if (addCalledLabels(binary, called)) {
      reseedFunctions();
      drain();
    }
  } while (followTables() || followAddressTakenLabels() ||
           followComputedJumps() || followNamelessCode());
  addBranchesToSites();
  addPicReferences();
  addTrampolines();
  addDataReferences();
  addCodeReadAsData();
  addHiddenCode();
  addMeasuredData();
  addMeasuredCode();
}

void CodeWalker::noteListed(const Section &list, const Relocation &field,
                            Place place) {
  binary.namedByData.insert({place.section, place.offset});
  auto *function =
      const_cast<Function *>(binary.functionAt(place.section, place.offset));
  if (function && mayNameInstruction(list, field))
    function->listedElsewhere |=
        place.offset == function->entry || place.offset == function->site;
  if (overwritesInstructions(list.name)) {
    // How many bytes a record says in one byte; where it stands in the record
    // differs from version to version.
    uint64_t end =
        function ? function->end : binary.sections[place.section].size;
    end = std::min(end, place.offset + UINT8_MAX);
    if (place.offset < end)
      binary.rigid.push_back(
          {place.section, place.offset, end, SkipReason::ListedElsewhere});
  }
}

void CodeWalker::addDataReferences() {
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
      if (!reading.isCertain())
        binary.uncertain.push_back(
            {reading.target.section, reading.lowest, reading.highest});
      markLabel(reading.target);
      noteListed(section, section.relocations[reading.relocation],
                 reading.target);
      section.references.push_back(reference);
    }
    for (uint32_t r = 0; r != section.relocations.size(); ++r) {
      const Relocation &relocation = section.relocations[r];
      const Symbol &symbol = binary.symbols[relocation.symbol];
      if (section.executable && relocation.pcRelative && !handled[i][r] &&
          relocation.width != 0 && !addMeasuredOperand(i, r) &&
          !relocation.namesPlace && relocation.addend >= 0)
        addDistanceFromLabel(i, r);
      if (handled[i][r] || symbol.section == 0 || !relocation.namesPlace ||
          !(binary.sections[symbol.section].executable ||
            binary.sections[symbol.section].mayGrow))
        continue;
      Reference reference;
      reference.offset = relocation.offset;
      reference.width = relocation.width;
      reference.relocation = r;
      reference.target = {symbol.offset +
                              static_cast<uint64_t>(relocation.addend),
                          symbol.section, Side::Label};
      // A table in the code, indexed from a number on that is not 0.
      if (section.executable && !relocation.pcRelative &&
          isBesideSymbol(symbol, reference.target.offset) &&
          (symbol.type == SymbolType::Function ||
           binary.sections[symbol.section].code.length(symbol.offset) == 0))
        reference.target.offset = symbol.offset;
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
      noteListed(section, relocation, reference.target);
      section.references.push_back(reference);
    }
  }
}

/// `movabs $_GLOBAL_OFFSET_TABLE_ - .L, %reg` (in 32-bit code `add`) measures
/// from a label in the code: the relocation measures from the field, so the
/// addend is the distance from the label to the field.
void CodeWalker::addDistanceFromLabel(SectionIndex index, uint32_t number) {
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

/// A data symbol at an instruction: the bytes it covers may be read as data.
/// Without a size it is a base, and other files may hold distances from there
/// as plain numbers (an interpreter's table of instructions): no code of its
/// section may change its distance.
void CodeWalker::addCodeReadAsData() {
  for (const Symbol &symbol : binary.symbols) {
    if (symbol.section == 0 || symbol.type != SymbolType::Data)
      continue;
    const Section &section = binary.sections[symbol.section];
    if (!section.executable || section.code.length(symbol.offset) == 0)
      continue;
    uint64_t begin = symbol.size != 0 ? symbol.offset : 0;
    uint64_t end = symbol.size != 0
                       ? std::min(symbol.offset + symbol.size, section.size)
                       : section.size;
    binary.uncertain.push_back(
        {symbol.section, begin, end, SkipReason::CodeReadAsData, true});
  }
}

void findCodeReferences(Binary &binary) {
  CodeWalker walker(binary);
  walker.run();
  findSurroundings(binary);
  if (binary.mode != Mode::Image)
    walker.addBiasedAddresses();
}

} // namespace hotpad::x86
