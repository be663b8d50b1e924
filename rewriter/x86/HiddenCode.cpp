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
#include "rewriter/x86/Functions.h"

using namespace llvm;

namespace hotpad::x86 {

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
      if (!accessed.contains({i, begin}))
        keepDistances(i, function, decodeAsCode(i, begin, at));
    }
  }
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

} // namespace hotpad::x86
