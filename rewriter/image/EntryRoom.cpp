//===- EntryRoom.cpp ------------------------------------------------------===//

#include "rewriter/image/EntryRoom.h"
#include "rewriter/x86/Decoder.h"

using namespace llvm;

namespace hotpad::image {

const Function *EntryRoom::next(size_t number) const {
  const auto &all = binary.functions;
  return number + 1 != all.size() &&
                 all[number + 1].section == all[number].section
             ? &all[number + 1]
             : nullptr;
}

uint64_t EntryRoom::bodyEnd(size_t number) const {
  const Function &function = binary.functions[number];
  const CodeMap &code = binary.sections[function.section].code;
  uint64_t end = function.end;
  if (const Function *behind = next(number))
    end = std::min(end, behind->gapBegin);
  else if (!function.sized)
    while (end > function.site && code.instructionAround(end - 1) == ~0ull)
      --end;
  return std::max(end, function.site);
}

/// Whether the function begins inside another one. That one's branches into it
/// are not noted as ways in.
bool EntryRoom::isShared(size_t number) const {
  const Function &function = binary.functions[number];
  return number != 0 &&
         binary.functions[number - 1].section == function.section &&
         binary.functions[number - 1].reach > function.entry;
}

/// Whether something outside the function's own direct branches leads to a
/// place in [begin, end).
bool EntryRoom::isEnteredElsewhere(const Function &function, uint64_t begin,
                                   uint64_t end) const {
  return binary.waysIn.firstIn(function.section, begin, end).has_value();
}

bool EntryRoom::oldBodyIsDead(size_t number) const {
  const Function &function = binary.functions[number];
  const CodeMap &code = binary.sections[function.section].code;
  for (uint64_t at = function.entry; at < function.end;
       at += std::max(1u, code.length(at)))
    if (code.length(at) != 0 && code.flow(at) == Flow::IndirectJump)
      return false;
  return !isShared(number) &&
         !isEnteredElsewhere(function, function.entry + 1, function.end);
}

/// Whether the bytes from the site to \p end are the function's: code that
/// control flow reaches, or NOPs behind it. Where a function ends is not always
/// known, and a return may have something else right behind it.
bool EntryRoom::isKnown(const Function &function, uint64_t end) const {
  const Section &section = binary.sections[function.section];
  uint64_t at = function.site;
  while (at < end && section.code.length(at) != 0)
    at += section.code.length(at);
  while (at < end) {
    x86::Instruction instruction;
    if (section.bytes[at] == 0xCC)
      ++at;
    else if (x86::decode(binary.arch, section.bytes, at, instruction) &&
             instruction.flow == Flow::Nop)
      at += instruction.length;
    else
      return false;
  }
  return true;
}

bool EntryRoom::holds(size_t number, uint64_t size) const {
  const Function &function = binary.functions[number];
  const Section &section = binary.sections[function.section];
  uint64_t end = function.site + size;
  const Function *behind = next(number);
  if (end > section.bytes.size() || (behind && behind->entry < end))
    return false;
  bool isLabelled = false;
  for (uint64_t at = function.site + 1; at < end; ++at)
    isLabelled |= section.code.label(at);
  if (isLabelled && (isEnteredElsewhere(function, function.site + 1, end) ||
                     !oldBodyIsDead(number)))
    return false;
  return isKnown(function, end);
}

} // namespace hotpad::image
