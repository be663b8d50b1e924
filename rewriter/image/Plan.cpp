//===- Plan.cpp -----------------------------------------------------------===//

#include "rewriter/image/Plan.h"
#include "rewriter/core/InPlace.h"
#include "rewriter/image/InPlacePlan.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/Padding.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace hotpad::image {

namespace {

class Planner {
public:
  Planner(const Binary &binary, const Config &config, CanUnwind canUnwind)
      : binary(binary), config(config), canUnwind(canUnwind) {}

  void planNative(const Function &function, PlannedFunction &planned) const;
  void planForward(size_t number, PlannedFunction &planned) const;

private:
  bool hasRoom(size_t number, uint64_t size) const;
  const Function *nextInSection(size_t number) const {
    const auto &all = binary.functions;
    return number + 1 != all.size() &&
                   all[number + 1].section == all[number].section
               ? &all[number + 1]
               : nullptr;
  }
  EntryJump chooseJump(size_t number) const;
  bool isKnown(const Function &function, uint64_t end) const;
  bool isEnteredElsewhere(const Function &function, uint64_t begin,
                          uint64_t end) const;
  bool oldBodyIsDead(const Function &function) const;
  bool loopsIntoSite(const Function &function) const;

  const Binary &binary;
  const Config &config;
  CanUnwind canUnwind;
};

/// Whether something outside the function's own direct branches leads to a
/// place in [begin, end).
bool Planner::isEnteredElsewhere(const Function &function, uint64_t begin,
                                 uint64_t end) const {
  return binary.waysIn.firstIn(function.section, begin, end).has_value();
}

/// Whether the old body is never run again once its entry leads elsewhere.
bool Planner::oldBodyIsDead(const Function &function) const {
  const CodeMap &code = binary.sections[function.section].code;
  for (uint64_t at = function.entry; at < function.end;
       at += std::max(1u, code.length(at)))
    if (code.length(at) != 0 && code.flow(at) == Flow::IndirectJump)
      return false;
  return !isEnteredElsewhere(function, function.entry + 1, function.end);
}

/// Whether the bytes from the site to \p end are the function's: code that
/// control flow reaches, or NOPs behind it. Where a function ends is not always
/// known, and a return may have something else right behind it.
bool Planner::isKnown(const Function &function, uint64_t end) const {
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

/// Whether a jump of \p size bytes may take the place of what is at the site.
bool Planner::hasRoom(size_t number, uint64_t size) const {
  const Function &function = binary.functions[number];
  const Section &section = binary.sections[function.section];
  uint64_t end = function.site + size;
  if (end > section.size)
    return false;
  bool isLabelled = false;
  for (uint64_t at = function.site + 1; at < end; ++at)
    isLabelled |= section.code.label(at);
  if (isLabelled && (isEnteredElsewhere(function, function.site + 1, end) ||
                     !oldBodyIsDead(function)))
    return false;
  const Function *next = nextInSection(number);
  if (next && next->entry < end)
    return false;
  if (!isKnown(function, end))
    return false;
  if (end <= function.end)
    return true;
  // Into the padding behind, as far as the next function can spare it.
  uint64_t limit = next ? next->entry : section.size;
  return limit >= end + (next ? config.layout.pad : 0) &&
         x86::isPadding(binary.arch, section.bytes, function.end, limit);
}

EntryJump Planner::chooseJump(size_t number) const {
  if (hasRoom(number, kJumpSize))
    return EntryJump::Near;
  // The padding is the function's own: nobody else may count on it.
  const Function &function = binary.functions[number];
  bool hasPadding = function.entry - function.gapBegin >= kJumpSize &&
                    function.gapKept == function.entry;
  return hasPadding && hasRoom(number, kShortJumpSize) ? EntryJump::Short
                                                       : EntryJump::None;
}

/// Whether the old body loops to the patch site by a branch too short to lead
/// to the copy.
bool Planner::loopsIntoSite(const Function &function) const {
  return (function.branchToSite || function.branchIntoSite) &&
         !oldBodyIsDead(function);
}

void Planner::planNative(const Function &function,
                         PlannedFunction &planned) const {
  planned.function = &function;
  if (function.entry < function.end && function.skip == SkipReason::None &&
      rulesInPlace(binary, function, config.layout).all())
    planned.tactic = Tactic::Native;
}

void Planner::planForward(size_t number, PlannedFunction &planned) const {
  const Function &function = binary.functions[number];
  auto skip = [&](SkipReason reason) {
    planned.tactic = function.mayBePart() ? Tactic::Part : Tactic::Skip;
    planned.reason = reason;
  };
  if (function.skip == SkipReason::NotSelected ||
      function.skip == SkipReason::SignalFrame ||
      function.skip == SkipReason::RuntimeTable ||
      function.skip == SkipReason::ListedElsewhere)
    return skip(function.skip);
  if (function.entry >= function.end)
    return skip(SkipReason::EntryNotCode);
  if (binary.isFilledIn(function.section, function.entry, function.end))
    return skip(SkipReason::FilledIn);
  planned.jump = loopsIntoSite(function) ? EntryJump::None : chooseJump(number);
  if (planned.jump == EntryJump::None)
    return skip(SkipReason::NoRoom);
  LiftedCode code;
  SkipReason reason = lift(binary, function, config, planned.lifted, code);
  if (reason != SkipReason::None)
    return skip(reason);
  if (!canUnwind({function.section, function.entry, function.end, 0,
                  planned.lifted.map}))
    return skip(SkipReason::UnknownUnwindData);
  planned.tactic = Tactic::Forward;
}

} // namespace

const DisplacedCode *ImagePlan::displacedAt(SectionIndex section,
                                            uint64_t offset) const {
  auto found = partition_point(displaced, [&](const DisplacedCode &code) {
    return std::tie(code.function->section, code.end) <=
           std::tie(section, offset);
  });
  return found != displaced.end() && found->function->section == section &&
                 found->begin <= offset
             ? &*found
             : nullptr;
}

std::vector<CodeCopy> ImagePlan::takeCopies() {
  std::vector<CodeCopy> result;
  result.reserve(displaced.size());
  for (DisplacedCode &code : displaced)
    result.push_back(code.takeCopy());
  for (PlannedFunction &planned : functions)
    if (planned.tactic == Tactic::Forward)
      result.push_back({planned.function->section, planned.function->entry,
                        planned.function->end, planned.address,
                        std::move(planned.lifted.map)});
  llvm::sort(result, [](const CodeCopy &a, const CodeCopy &b) {
    return std::tie(a.section, a.begin) < std::tie(b.section, b.begin);
  });
  return result;
}

ImagePlan planImage(const Binary &binary, const Config &config,
                    CanUnwind canUnwind) {
  Planner planner(binary, config, canUnwind);
  ImagePlan plan;
  plan.functions.resize(binary.functions.size());
  size_t count = binary.functions.size();
  parallelFor(0, count, [&](size_t i) {
    planner.planNative(binary.functions[i], plan.functions[i]);
  });
  if (config.image == ImageMode::InPlace)
    planInPlace(binary, config, canUnwind, plan);
  parallelFor(0, count, [&](size_t i) {
    if (!plan.functions[i].isInPlace())
      planner.planForward(i, plan.functions[i]);
  });
  return plan;
}

} // namespace hotpad::image
