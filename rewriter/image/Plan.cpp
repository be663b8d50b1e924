//===- Plan.cpp -----------------------------------------------------------===//

#include "rewriter/image/Plan.h"
#include "rewriter/core/InPlace.h"
#include "rewriter/image/InPlacePlan.h"
#include "rewriter/image/Islands.h"
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
      : binary(binary), config(config), canUnwind(canUnwind), room(binary) {}

  void planNative(const Function &function, PlannedFunction &planned) const;
  void planForward(size_t number, PlannedFunction &planned) const;

private:
  EntryJump chooseJump(size_t number) const;
  bool hasRoomForNear(size_t number) const;
  bool loopsIntoSite(size_t number) const;

  const Binary &binary;
  const Config &config;
  CanUnwind canUnwind;
  EntryRoom room;
};

/// Whether a long jump fits into the function's own code, or into that and
/// padding that the next function can spare, whatever becomes of that.
bool Planner::hasRoomForNear(size_t number) const {
  if (!room.holds(number, kJumpSize))
    return false;
  const Function &function = binary.functions[number];
  const Section &section = binary.sections[function.section];
  uint64_t end = function.site + kJumpSize, bodyEnd = room.bodyEnd(number);
  const Function *next = room.next(number);
  uint64_t limit = next ? next->entry : section.size;
  return end <= bodyEnd ||
         (limit >= end + (next ? config.layout.pad : 0) &&
          x86::isPadding(binary.arch, section.bytes, bodyEnd, limit));
}

/// What fits at the entry. For a short one room has yet to be found.
EntryJump Planner::chooseJump(size_t number) const {
  if (loopsIntoSite(number))
    return EntryJump::None;
  if (hasRoomForNear(number))
    return EntryJump::Near;
  return room.holds(number, kShortJumpSize) ? EntryJump::Short
                                            : EntryJump::None;
}

/// Whether the old body loops to the patch site by a branch too short to lead
/// to the copy.
bool Planner::loopsIntoSite(size_t number) const {
  const Function &function = binary.functions[number];
  return (function.branchToSite || function.branchIntoSite) &&
         !room.oldBodyIsDead(number);
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
  auto skip = [&](SkipReason reason) { planned.skip(reason); };
  if (function.skip == SkipReason::NotSelected ||
      function.skip == SkipReason::SignalFrame ||
      function.skip == SkipReason::RuntimeTable ||
      function.skip == SkipReason::ListedElsewhere)
    return skip(function.skip);
  if (function.entry >= function.end)
    return skip(SkipReason::EntryNotCode);
  if (binary.isFilledIn(function.section, function.entry, function.end))
    return skip(SkipReason::FilledIn);
  planned.jump = chooseJump(number);
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

const DisplacedCode *ImagePlan::displacedIn(SectionIndex section,
                                            uint64_t begin,
                                            uint64_t end) const {
  auto found = partition_point(displaced, [&](const DisplacedCode &code) {
    return std::tie(code.function->section, code.end) <=
           std::tie(section, begin);
  });
  return found != displaced.end() && found->function->section == section &&
                 found->begin < end
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
  planIslands(
      binary, config,
      [&](size_t i, PlannedFunction &planned) {
        planner.planForward(i, planned);
      },
      plan);
  return plan;
}

} // namespace hotpad::image
