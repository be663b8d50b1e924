//===- HiddenCode.cpp - bytes that nothing leads to -----------------------===//
//
// Stubs that only arithmetic reaches, the cases of a switch whose table holds
// plain numbers:
//
//     early:   push $0; jmp common       9 bytes each; entered at early + 9 * n
//              push $1; jmp common
//
// Nothing in the file leads there. If such bytes read as code, and all their
// branches lead to instructions, they may be code: then their branches have to
// keep their distances, and so has everything inside the function (if it is
// known where that ends), since the number that leads there may stand anywhere.
// What would change one of these distances is left alone.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "rewriter/x86/Padding.h"
#include "llvm/ADT/STLExtras.h"
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

using namespace llvm;

namespace hotpad::x86 {

/// Tables are indexed from a small number on.
static constexpr int64_t kSmallBias = 128;
/// Data as near as that may be measured by a number that stands elsewhere.
static constexpr int64_t kNear = 4096;

/// Behind hlt or ud2.
static bool isBehindTrap(const Section &section, uint64_t offset) {
  uint64_t trap = section.code.instructionEndingAt(offset);
  return trap != ~0ull && (section.bytes[trap] == 0xF4 ||
                           (offset - trap == 2 && section.bytes[trap] == 0x0F &&
                            section.bytes[trap + 1] == 0x0B));
}

void CodeWalker::addHiddenCode() {
  if (binary.mode == Mode::Image)
    return;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const CodeMap &code = binary.sections[i].code;
    for (uint64_t at = 0; at < code.size();) {
      if (unsigned length = code.length(at)) {
        at += length;
        continue;
      }
      // What no control flow reaches, up to where a function begins or ends.
      uint64_t begin = at;
      const Function *function = binary.functionAt(i, begin);
      do
        ++at;
      while (at < code.size() && code.length(at) == 0 &&
             binary.functionAt(i, at) == function);
      if (!accessed.contains({i, begin}) &&
          !isPadding(binary.arch, binary.sections[i].bytes, begin, at) &&
          !(function && isDeadAlignment(*function, begin, at)))
        keepDistances(i, function, decodeAsCode(i, begin, at));
    }
  }
}

/// NOPs, a jump, and NOPs again before code that something else leads to: what
/// a compiler (Free Pascal's) left of the beginning of a loop. Only a function
/// that computes where it jumps could get there.
bool CodeWalker::isDeadAlignment(const Function &function, uint64_t begin,
                                 uint64_t end) const {
  const Section &section = binary.sections[function.section];
  unsigned jumps = 0;
  bool endsInNops = false;
  for (uint64_t at = begin; at < end;) {
    Instruction instruction;
    if (!decodeAt(function.section, at, instruction))
      return false;
    at += instruction.length;
    endsInNops = instruction.flow == Flow::Nop;
    if (endsInNops)
      continue;
    if (instruction.flow != Flow::Jump || ++jumps > 1)
      return false;
  }
  return endsInNops && section.code.length(end) != 0 && function.sized &&
         !hasIndirectJump(function);
}

void CodeWalker::keepDistances(SectionIndex index, const Function *function,
                               ArrayRef<uint64_t> starts) {
  const Section &section = binary.sections[index];
  bool branches = false;
  for (uint64_t start : starts) {
    Instruction instruction;
    if (!decodeAt(index, start, instruction) || !instruction.isRelative ||
        relocationAt(index, start + instruction.fieldOffset,
                     instruction.fieldWidth) != kNoRelocation)
      continue;
    uint64_t target =
        start + instruction.length + static_cast<uint64_t>(instruction.field);
    if (target > section.size)
      continue;
    branches = true;
    binary.uncertain.push_back({index, std::min(start, target),
                                std::max(start, target),
                                SkipReason::HiddenReference, false});
  }
  // What compilers leave behind a trap is dead.
  if (branches && function && function->sized &&
      !isBehindTrap(section, starts.front()))
    binary.uncertain.push_back({index, function->entry, function->end - 1,
                                SkipReason::HiddenReference, true});
}

/// The numbers in the code of section \p index, ascending: what the assembler
/// makes of a distance inside the section.
std::vector<int64_t> CodeWalker::numbersIn(SectionIndex index) const {
  const Section &section = binary.sections[index];
  std::vector<int64_t> numbers;
  for (uint64_t at = 0; at < section.size;) {
    unsigned length = section.code.length(at);
    Instruction instruction;
    if (length != 0 && decode(binary.arch, section.bytes, at, instruction))
      for (int64_t number : {instruction.displacement, instruction.immediate})
        if (number != 0)
          numbers.push_back(number);
    at += length ? length : 1;
  }
  llvm::sort(numbers);
  numbers.erase(llvm::unique(numbers), numbers.end());
  return numbers;
}

/// Data beside the code that nothing in the file leads to, in code that has the
/// address of one of its own instructions:
///
///     lea base(%rip), %rbx   or   call 1f; 1: pop %rbx
///     mov table - base(%rbx), %eax
///
/// The data may be measured from there, in which case the distance stays. Data
/// far away is that of somebody else (many files linked into one object),
/// unless a number in the code leads there, or nearly.
void CodeWalker::addMeasuredData() {
  if (binary.mode == Mode::Image || binary.arch == Arch::X86)
    return; // in 32-bit code see PicLabels.cpp
  std::map<SectionIndex, std::vector<uint64_t>> bases;
  std::set<std::pair<SectionIndex, uint64_t>> claimed;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    for (const Reference &reference : binary.sections[i].references) {
      const Place &target = reference.target;
      const Section &section = binary.sections[target.section];
      if (!section.executable)
        continue;
      if (section.code.length(target.offset) == 0)
        claimed.insert({target.section, target.offset});
      else if (target.section == i && reference.isCode && !reference.isBranch &&
               (target.offset == reference.base.offset || // call
                (isLeaOperand(section, reference.offset) &&
                 binary.functionAt(i, target.offset) ==
                     binary.functionAt(i, reference.offset))))
        bases[i].push_back(target.offset);
    }
  if (bases.empty())
    return;
  for (const Symbol &symbol : binary.symbols)
    if (!symbol.local)
      claimed.insert({symbol.section, symbol.offset});
  for (const auto &[index, places] : bases) {
    const Section &section = binary.sections[index];
    std::optional<std::vector<int64_t>> numbers; // seldom needed
    for (uint64_t at = 0; at < section.size;) {
      if (unsigned length = section.code.length(at)) {
        at += length;
        continue;
      }
      uint64_t begin = at;
      while (at < section.size && section.code.length(at) == 0)
        ++at;
      auto mayLead = [&](uint64_t base) {
        auto distance = static_cast<int64_t>(begin - base);
        if (std::abs(distance) <= kNear)
          return true;
        if (!numbers)
          numbers = numbersIn(index);
        auto number = llvm::lower_bound(*numbers, distance - kSmallBias);
        return number != numbers->end() &&
               *number <= static_cast<int64_t>(at - base);
      };
      auto first = claimed.lower_bound({index, begin});
      if ((first != claimed.end() && *first < std::pair(index, at)) ||
          isPadding(binary.arch, section.bytes, begin, at))
        continue;
      for (uint64_t base : places)
        if (mayLead(base))
          binary.uncertain.push_back({index, std::min(base, begin),
                                      std::max(base, begin),
                                      SkipReason::HiddenReference, false});
    }
  }
}

} // namespace hotpad::x86
