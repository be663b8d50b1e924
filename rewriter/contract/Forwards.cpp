//===- Forwards.cpp -------------------------------------------------------===//

#include "rewriter/contract/Forwards.h"
#include "rewriter/contract/Lists.h"
#include "rewriter/x86/Decoder.h"
#include <optional>

using namespace llvm;

namespace hotpad {

/// Where the branch or jump at \p offset leads that \p instruction is.
static Place targetOf(const Binary &binary, SectionIndex index, uint64_t offset,
                      const x86::Instruction &instruction) {
  uint64_t address = binary.sections[index].address + offset +
                     instruction.length +
                     static_cast<uint64_t>(instruction.field);
  if (pointerSize(binary.arch) == 4)
    address &= UINT32_MAX;
  return binary.placeAt(address);
}

/// Where the direct jump at \p offset leads; nothing when there is none.
static std::optional<Place> jumpTarget(const Binary &binary, SectionIndex index,
                                       uint64_t offset) {
  const Section &section = binary.sections[index];
  x86::Instruction instruction;
  if (offset >= section.bytes.size() ||
      !x86::decode(binary.arch, section.bytes, offset, instruction) ||
      instruction.flow != Flow::Jump || !instruction.isRelative)
    return std::nullopt;
  Place target = targetOf(binary, index, offset, instruction);
  return target.section != 0 ? std::optional(target) : std::nullopt;
}

static bool isEntry(const Binary &binary, const Place &place) {
  const Function *function = binary.functionAt(place.section, place.offset);
  return function &&
         (function->entry == place.offset || function->site == place.offset);
}

Place displacedEntry(const Binary &binary, const Function &function) {
  std::optional<Place> begin =
      jumpTarget(binary, function.section, function.site);
  if (binary.mode != Mode::Image || !begin ||
      begin->section == function.section ||
      !binary.sections[begin->section].executable)
    return {};
  constexpr unsigned kMost = 16; // instructions; 5 bytes are to be replaced
  const Section &section = binary.sections[begin->section];
  uint64_t at = begin->offset;
  for (unsigned i = 0; i != kMost; ++i) {
    x86::Instruction instruction;
    if (!x86::decode(binary.arch, section.bytes, at, instruction))
      return {};
    bool mayLeave =
        instruction.flow == Flow::Jump || instruction.flow == Flow::Branch;
    if (mayLeave && instruction.isRelative) {
      Place target = targetOf(binary, begin->section, at, instruction);
      if (target.section == function.section && target.offset > function.site &&
          target.offset < function.end)
        return *begin;
    }
    if (instruction.flow == Flow::Jump || instruction.flow == Flow::Stop ||
        instruction.flow == Flow::IndirectJump)
      return {};
    at += instruction.length;
  }
  return {};
}

DenseMap<size_t, size_t> findForwards(const Binary &binary,
                                      const PatchLists &lists) {
  DenseMap<size_t, size_t> forwards;
  if (binary.mode != Mode::Image)
    return forwards;
  for (size_t i = 0; i != binary.functions.size(); ++i) {
    const Function &function = binary.functions[i];
    if (isListed(lists, function)) // patched where it is
      continue;
    std::optional<Place> target =
        jumpTarget(binary, function.section, function.site);
    // A short jump may lead to the long one, for which there was no room. (At
    // an entry it leads to another function.)
    if (target && target->section == function.section &&
        !isEntry(binary, *target))
      target = jumpTarget(binary, target->section, target->offset);
    if (!target || target->section == function.section)
      continue;
    const Function *copy = binary.functionAt(target->section, target->offset);
    if (copy && copy->entry == target->offset && copy->isUnnamed &&
        isListed(lists, *copy))
      forwards[i] = static_cast<size_t>(copy - binary.functions.data());
  }
  return forwards;
}

} // namespace hotpad
