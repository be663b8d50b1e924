//===- InPlace.cpp --------------------------------------------------------===//

#include "rewriter/core/InPlace.h"

namespace hotpad {

/// Two bytes at \p offset stay in one aligned 8-byte word wherever a section of
/// this alignment ends up.
static bool fitsWord(const Binary &binary, const Section &section,
                     uint64_t offset) {
  if (binary.mode == Mode::Image)
    return (section.address + offset) % 8 != 7;
  uint64_t mask = std::min<uint64_t>(section.alignment, 8) - 1;
  return mask != 0 && (offset & mask) != mask;
}

static bool keepsPad(const Section &section, const Function &function,
                     unsigned pad) {
  if (pad == 0)
    return true;
  if (function.entry - function.gapBegin < pad)
    return false;
  if (function.fallsInto != FallsInto::Yes)
    return true;
  // Code runs through the gap: all of it must be executable, and an
  // instruction must begin where the patch will.
  for (uint64_t at = function.gapBegin; at < function.entry; ++at)
    if (section.bytes[at] == 0xCC && section.code.length(at) != 0)
      return false;
  return section.code.length(function.entry - pad) != 0;
}

/// Layouts of patchers that look for `mov %edi, %edi` ask for nothing else.
static bool hasLayoutNop(const Section &section, const Function &function,
                         const Layout &layout) {
  return !layout.movEdi || (function.site + 2 <= section.bytes.size() &&
                            section.bytes[function.site] == 0x8B &&
                            section.bytes[function.site + 1] == 0xFF);
}

bool ownsSite(const Binary &binary, const Function &function) {
  if (function.site == function.entry)
    return true;
  // NOPs up to another entry are that one's pad, as is a jump over it.
  constexpr uint8_t kShortJump = 0xEB;
  const Section &section = binary.sections[function.section];
  const CodeMap &code = section.code;
  uint64_t at = function.site;
  while (at < function.end && code.length(at) != 0 &&
         code.flow(at) == Flow::Nop)
    at += code.length(at);
  if (at < function.end && code.length(at) == 2 &&
      section.bytes[at] == kShortJump &&
      section.bytes[at + 1] < function.end - at - 2)
    at += 2 + section.bytes[at + 1];
  const Function *there = binary.functionAt(function.section, at);
  return at < function.end && !(there && there->entry == at);
}

InPlace rulesInPlace(const Binary &binary, const Function &function,
                     const Layout &layout) {
  const Section &section = binary.sections[function.section];
  unsigned length = section.code.length(function.site);
  InPlace rules;
  rules.pad = keepsPad(section, function, layout.pad);
  rules.site = length >= 2 && ownsSite(binary, function) &&
               fitsWord(binary, section, function.site) &&
               hasLayoutNop(section, function, layout);
  rules.noWayIn =
      !function.branchToSite && !(function.branchIntoSite && length > 1);
  return rules;
}

} // namespace hotpad
