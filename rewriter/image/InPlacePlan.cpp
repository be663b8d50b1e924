//===- InPlacePlan.cpp ----------------------------------------------------===//

#include "rewriter/image/InPlacePlan.h"
#include "rewriter/core/InPlace.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/Padding.h"
#include "rewriter/x86/UnknownCode.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::image {

namespace {

class InPlacePlanner {
public:
  InPlacePlanner(const Binary &binary, const Config &config,
                 CanUnwind canUnwind, ImagePlan &plan)
      : binary(binary), config(config), canUnwind(canUnwind), plan(plan) {
    x86::forEachUnknownBranch(binary, [&](Place source, uint64_t target) {
      const Section &section = binary.sections[source.section];
      if (target < section.size && x86::mayBeBranchedTo(section, target))
        unknownTargets.insert(source.section, target, section.size);
    });
  }

  void planFunction(size_t number);

private:
  bool jumpsIndirectly(const Function &function) const;
  bool isEnteredBetween(const Function &function, uint64_t begin,
                        uint64_t end) const;
  bool isBehindLostCode(size_t number) const;
  bool entryMayBeJump(const Function &function) const;
  bool loopsCanFollow(const Function &function, uint64_t end) const;
  uint64_t entryEnd(const PlannedFunction &planned) const;
  std::optional<DisplacedCode> displaceEntry(size_t number) const;
  std::optional<DisplacedCode> displaceTailBefore(size_t number) const;
  std::optional<DisplacedCode> move(const Function &function, uint64_t begin,
                                    uint64_t end, uint64_t next) const;

  const Binary &binary;
  const Config &config;
  CanUnwind canUnwind;
  ImagePlan &plan;
  PlaceBits unknownTargets;
};

/// What an indirect jump leads to is not always known.
bool InPlacePlanner::jumpsIndirectly(const Function &function) const {
  const CodeMap &code = binary.sections[function.section].code;
  for (uint64_t at = function.entry; at < function.end;
       at += std::max(1u, code.length(at)))
    if (code.length(at) != 0 && code.flow(at) == Flow::IndirectJump)
      return true;
  return false;
}

/// Whether anything may lead to a place in (begin, end), which are the bounds
/// of whole instructions, or something else than these begins there.
bool InPlacePlanner::isEnteredBetween(const Function &function, uint64_t begin,
                                      uint64_t end) const {
  const CodeMap &code = binary.sections[function.section].code;
  uint64_t next = begin + code.length(begin);
  for (uint64_t at = begin + 1; at < end; ++at) {
    if (code.label(at))
      return true;
    bool begins = code.length(at) != 0;
    if (begins != (at == next))
      return true;
    if (begins)
      next = at + code.length(at);
  }
  return next != end ||
         binary.waysIn.firstIn(function.section, begin + 1, end) ||
         unknownTargets.firstIn(function.section, begin + 1, end);
}

/// Whether all jumps from inside to the entry, but for those that move with it
/// (up to \p end), can lead far away.
bool InPlacePlanner::loopsCanFollow(const Function &function,
                                    uint64_t end) const {
  if (!function.branchToSite)
    return true;
  const Section &section = binary.sections[function.section];
  if (function.branchToSiteElsewhere)
    return false;
  for (uint64_t at = end; at < function.end;) {
    x86::Instruction instruction;
    unsigned length = section.code.length(at);
    if (length == 0) {
      ++at;
      continue;
    }
    if (!x86::decode(binary.arch, section.bytes, at, instruction))
      return false;
    at += length;
    uint64_t target = at + static_cast<uint64_t>(instruction.field);
    bool leadsToEntry = target == function.entry || target == function.site;
    if (instruction.isRelative && instruction.flow != Flow::Call &&
        leadsToEntry && instruction.fieldWidth != 4)
      return false;
  }
  return true;
}

/// Displaces [begin, end), behind which control goes on at \p next.
std::optional<DisplacedCode> InPlacePlanner::move(const Function &function,
                                                  uint64_t begin, uint64_t end,
                                                  uint64_t next) const {
  if (isEnteredBetween(function, begin, end))
    return std::nullopt;
  std::optional<DisplacedCode> moved =
      displace(binary, function, begin, end, next);
  if (!moved || binary.isFilledIn(function.section, begin, end))
    return std::nullopt;
  CodeCopy copy = moved->takeCopy();
  if (!canUnwind(copy))
    return std::nullopt;
  moved->lifted.map = std::move(copy.map);
  return moved;
}

/// Whether a jump at the entry would be a patch site. Where it is cannot
/// change.
bool InPlacePlanner::entryMayBeJump(const Function &function) const {
  uint64_t site = binary.sections[function.section].address + function.site;
  return site % 8 != 7 && !config.layout.movEdi &&
         config.layout.entryNop == 0 && !config.nopEntries &&
         !function.branchIntoSite;
}

std::optional<DisplacedCode>
InPlacePlanner::displaceEntry(size_t number) const {
  const Function &function = binary.functions[number];
  const Section &section = binary.sections[function.section];
  if (!entryMayBeJump(function) || jumpsIndirectly(function))
    return std::nullopt;
  uint64_t end = function.site;
  while (end < function.site + kJumpSize && section.code.length(end) != 0)
    end += section.code.length(end);
  if (end > function.end || !loopsCanFollow(function, end))
    return std::nullopt;
  // A function shorter than the jump has padding behind it.
  bool hasNext = number + 1 != binary.functions.size() &&
                 binary.functions[number + 1].section == function.section;
  uint64_t limit = hasNext ? binary.functions[number + 1].entry : section.size;
  uint64_t jumpEnd = function.site + kJumpSize;
  bool isShort = end < jumpEnd;
  if (end > limit)
    return std::nullopt;
  if (isShort) {
    uint64_t last = section.code.instructionEndingAt(end);
    if (last == ~0ull || last < function.site || !hasNext ||
        limit < jumpEnd + config.layout.pad ||
        binary.functions[number + 1].fallsInto != FallsInto::No ||
        binary.functions[number + 1].gapKept != limit ||
        (section.code.flow(last) != Flow::Stop &&
         section.code.flow(last) != Flow::Jump) ||
        !x86::isPadding(binary.arch, section.bytes, end, limit))
      return std::nullopt;
  }
  std::optional<DisplacedCode> moved = move(function, function.site, end, end);
  if (moved && isShort)
    moved->freeEnd = limit;
  return moved;
}

/// Where what the entry of a function needs for itself ends.
uint64_t InPlacePlanner::entryEnd(const PlannedFunction &planned) const {
  const Function &function = *planned.function;
  const Section &section = binary.sections[function.section];
  const DisplacedCode *entry =
      plan.displacedAt(function.section, function.site);
  if (entry)
    return entry->freeEnd;
  // One that may yet be forwarded needs room for the jump to the copy.
  uint64_t end = function.site;
  uint64_t wanted = end + (planned.isInPlace() ? 2 : kJumpSize);
  while (end < wanted)
    end += std::max(1u, section.code.length(end));
  return end;
}

std::optional<DisplacedCode>
InPlacePlanner::displaceTailBefore(size_t number) const {
  const Function &function = binary.functions[number];
  const Section &section = binary.sections[function.section];
  uint64_t end = function.gapBegin;
  if (number == 0 || function.fallsInto == FallsInto::Yes ||
      function.gapKept != function.entry || config.layout.nopPad)
    return std::nullopt;
  const PlannedFunction &before = plan.functions[number - 1];
  const Function &owner = *before.function;
  if (owner.section != function.section || owner.skip != SkipReason::None ||
      owner.end > function.entry || end > owner.end || end <= owner.entry ||
      binary.functionAt(owner.section, end - 1) != &owner ||
      jumpsIndirectly(owner))
    return std::nullopt;
  // A call at the end may return after all: into this function, as ever.
  uint64_t begin = section.code.instructionEndingAt(end);
  if (begin == ~0ull)
    return std::nullopt;
  Flow last = section.code.flow(begin);
  if (last != Flow::Jump && last != Flow::Stop && last != Flow::Call)
    return std::nullopt;
  uint64_t size = kJumpSize + config.layout.pad;
  while (begin != ~0ull && function.entry - begin < size)
    begin = section.code.instructionEndingAt(begin);
  if (begin == ~0ull || begin < entryEnd(before)) {
    // All of a short function moves.
    begin = owner.site;
    if (!before.isInPlace() || function.entry < begin + size ||
        !entryMayBeJump(owner))
      return std::nullopt;
  }
  std::optional<DisplacedCode> moved = move(owner, begin, end, function.entry);
  if (moved)
    moved->freeEnd = function.entry;
  return moved;
}

/// Whether nothing tells any more, once calls lead to its copy, that the
/// function before is code: then what stands behind it is not seen to be
/// padding.
bool InPlacePlanner::isBehindLostCode(size_t number) const {
  if (number == 0)
    return false;
  const PlannedFunction &before = plan.functions[number - 1];
  return !before.isInPlace() && before.function->isUnnamed &&
         !before.function->sized &&
         before.function->section == plan.functions[number].function->section;
}

void InPlacePlanner::planFunction(size_t number) {
  PlannedFunction &planned = plan.functions[number];
  const Function &function = *planned.function;
  if (planned.tactic == Tactic::Native || function.skip != SkipReason::None ||
      function.entry >= function.end || isBehindLostCode(number))
    return;
  InPlace rules = rulesInPlace(binary, function, config.layout);
  bool needsTail = !rules.pad, needsEntry = !rules.site || !rules.noWayIn;
  std::optional<DisplacedCode> tail, entry;
  if (needsTail)
    tail = displaceTailBefore(number);
  if (needsTail && !tail)
    return;
  if (needsEntry)
    entry = displaceEntry(number);
  if (needsEntry && !entry)
    return;
  planned.tactic = tail ? Tactic::DisplaceTail : Tactic::DisplaceEntry;
  if (tail && tail->isEntry()) {
    PlannedFunction &before = plan.functions[number - 1];
    if (before.tactic == Tactic::Native)
      before.tactic = Tactic::DisplaceEntry;
    if (!plan.displaced.empty() &&
        plan.displaced.back().function == before.function &&
        plan.displaced.back().isEntry())
      plan.displaced.pop_back();
  }
  if (tail)
    plan.displaced.push_back(std::move(*tail));
  if (entry)
    plan.displaced.push_back(std::move(*entry));
}

} // namespace

void planInPlace(const Binary &binary, const Config &config,
                 CanUnwind canUnwind, ImagePlan &plan) {
  InPlacePlanner planner(binary, config, canUnwind, plan);
  // In order: what is displaced at an entry is known when the tail is asked
  // for.
  for (size_t i = 0; i != plan.functions.size(); ++i)
    planner.planFunction(i);
}

} // namespace hotpad::image
