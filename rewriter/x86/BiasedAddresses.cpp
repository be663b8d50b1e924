//===- BiasedAddresses.cpp - addresses beside what is meant ---------------===//
//
// Hand-written code takes an address with a distance in it, to save an
// instruction:
//
//     lea table-64(%rip), %rdi        jmp *cases-16(, %rax, 8)
//
// Without a symbol in the relocation, or without a relocation, only the sum is
// known: a place in the middle of code that nobody means. What is meant, as a
// rule, is data that begins a little later, or stands before. So such an
// address is read in all these ways, and the functions between are left alone
// if the readings move apart.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::x86 {

/// Distances that are likely even if the place is an instruction of the same
/// function: tables are indexed from a small number on.
static constexpr uint64_t kSmallBias = 128;

void CodeWalker::noteAddressOperand(Place target, Place source) {
  if (binary.mode != Mode::Image && binary.sections[target.section].executable)
    addressOperands.push_back({target, source});
}

/// Something with a name, and an address outside it: measured from the name.
/// (Compilers make `f - 1` of a comparison with the function f.)
bool CodeWalker::isBesideSymbol(const Symbol &symbol, uint64_t place) {
  if (symbol.type == SymbolType::Function)
    return place < symbol.offset;
  if (symbol.type != SymbolType::Data && symbol.type != SymbolType::None)
    return false;
  return place < symbol.offset ||
         (symbol.size != 0 && place - symbol.offset > symbol.size);
}

void CodeWalker::addBiasedAddresses() {
  DenseSet<std::pair<SectionIndex, uint64_t>> named;
  if (!addressOperands.empty())
    for (const Symbol &symbol : binary.symbols)
      if (symbol.section != 0 && symbol.type != SymbolType::Section)
        named.insert({symbol.section, symbol.offset});
  for (const TakenAddress &operand : addressOperands) {
    const Place &target = operand.target;
    const Section &section = binary.sections[target.section];
    if (target.offset > section.size) { // outside: anything may be meant
      binary.uncertain.push_back(
          {target.section, 0, section.size, SkipReason::HiddenReference, true});
      continue;
    }
    const Function *function = binary.functionAt(target.section, target.offset);
    bool isEntry = function && function->entry == target.offset;
    bool isUnreached = section.code.length(target.offset) == 0 &&
                       !splitsInstruction(section.code, target.offset);
    if (isEntry || isUnreached ||
        named.contains({target.section, target.offset}))
      continue;
    const Function *owner =
        binary.functionAt(operand.source.section, operand.source.offset);
    bool isPlausible =
        function == owner && section.code.length(target.offset) != 0;
    auto mayMean = [&](uint64_t begin, uint64_t end) {
      binary.uncertain.push_back(
          {target.section, begin, end, SkipReason::HiddenReference, false});
    };
    auto behind = partition_point(section.data, [&](const DataRun &run) {
      return run.begin <= target.offset;
    });
    if (behind != section.data.end() &&
        (!isPlausible || behind->begin - target.offset <= kSmallBias))
      mayMean(target.offset, behind->begin);
    if (behind != section.data.begin() && !isPlausible)
      mayMean(std::prev(behind)->begin, target.offset);
  }
}

} // namespace hotpad::x86
