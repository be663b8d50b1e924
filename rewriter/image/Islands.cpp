//===- Islands.cpp --------------------------------------------------------===//

#include "rewriter/image/Islands.h"
#include "rewriter/image/EntryRoom.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/Padding.h"
#include "rewriter/x86/UnknownCode.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::image {

void SpareBytes::cut(Ranges::iterator range, uint64_t begin, uint64_t end) {
  auto [section, rangeBegin] = range->first;
  uint64_t rangeEnd = range->second;
  free.erase(range);
  add(section, rangeBegin, begin);
  add(section, end, rangeEnd);
}

bool SpareBytes::take(SectionIndex section, uint64_t begin, uint64_t end) {
  auto range = free.upper_bound({section, begin});
  if (range == free.begin())
    return false;
  --range;
  if (range->first.first != section || range->second < end)
    return false;
  cut(range, begin, end);
  return true;
}

std::optional<uint64_t> SpareBytes::takeLowest(SectionIndex section,
                                               uint64_t lowest,
                                               uint64_t highest,
                                               uint64_t size) {
  auto range = free.upper_bound({section, lowest});
  if (range != free.begin() && std::prev(range)->first.first == section)
    --range;
  for (; range != free.end() && range->first.first == section &&
         range->first.second <= highest;
       ++range) {
    uint64_t begin = std::max(lowest, range->first.second);
    if (begin < range->second && range->second - begin >= size) {
      cut(range, begin, begin + size);
      return begin;
    }
  }
  return std::nullopt;
}

std::vector<std::pair<uint64_t, uint64_t>>
SpareBytes::left(SectionIndex section, uint64_t begin, uint64_t end) const {
  std::vector<std::pair<uint64_t, uint64_t>> pieces;
  for (auto range = free.lower_bound({section, begin});
       range != free.end() && range->first.first == section &&
       range->first.second < end;
       ++range)
    pieces.push_back({range->first.second, range->second});
  return pieces;
}

namespace {

/// How far a short jump leads from its end.
constexpr uint64_t kBackwards = 128, kForwards = 127;

bool endsFlow(Flow flow) {
  return flow == Flow::Jump || flow == Flow::IndirectJump || flow == Flow::Stop;
}

class IslandPlanner {
public:
  IslandPlanner(const Binary &binary, const Config &config,
                PlanForward planForward, ImagePlan &plan)
      : binary(binary), config(config), planForward(planForward), plan(plan),
        room(binary), isAdded(binary.functions.size()) {
    x86::forEachUnknownBranch(binary, [&](Place source, uint64_t target) {
      const Section &section = binary.sections[source.section];
      if (target < section.size && x86::mayBeBranchedTo(section, target))
        unknownTargets.insert(source.section, target, section.size);
    });
  }

  void addSpareAround(size_t number);
  bool takeEntry(size_t number);
  bool findIsland(size_t number);
  void fillWhatIsLeft();

private:
  /// Bytes that were spare at first.
  struct Range {
    SectionIndex section;
    uint64_t begin, end;
    /// The pad of the function behind ends here; what an island leaves of its
    /// NOPs is no padding.
    uint64_t padEnd;
  };

  Range paddingBefore(size_t number) const;
  void addPaddingBehindLast(size_t number);
  DenseSet<uint64_t> maybeRun(const Function &function) const;
  SmallVector<Range, 4> deadBody(size_t number) const;
  void addDeadBody(size_t number);
  void add(SpareBytes &spare, const Range &range);
  uint64_t jumpEnd(size_t number) const;
  bool isUntouched(SectionIndex section, uint64_t begin, uint64_t end) const;
  bool useOwnPadding(size_t number);
  bool forwardFor(size_t number, uint64_t lowest, uint64_t highest);
  bool forwardNeighbour(size_t number, uint64_t lowest, uint64_t highest);

  const Binary &binary;
  const Config &config;
  PlanForward planForward;
  ImagePlan &plan;
  EntryRoom room;
  PlaceBits unknownTargets;
  std::vector<bool> isAdded; ///< By function: what is spare there.
  std::vector<Range> ranges;
  SpareBytes padding, deadCode;
};

/// Whether nothing that is known leads to a place in [begin, end), nor does the
/// loader write there.
bool IslandPlanner::isUntouched(SectionIndex section, uint64_t begin,
                                uint64_t end) const {
  constexpr uint64_t kWidest = 8; // of a field
  uint64_t from = begin - std::min(begin, kWidest - 1);
  auto field = partition_point(binary.relocated, [&](const Place &place) {
    return std::tie(place.section, place.offset) < std::tie(section, from);
  });
  bool isAdjusted = field != binary.relocated.end() &&
                    field->section == section && field->offset < end;
  return !isAdjusted && !binary.isFilledIn(section, from, end) &&
         !binary.waysIn.firstIn(section, begin, end) &&
         !unknownTargets.firstIn(section, begin, end);
}

void IslandPlanner::add(SpareBytes &spare, const Range &range) {
  if (range.begin >= range.end ||
      !isUntouched(range.section, range.begin, range.end))
    return;
  spare.add(range.section, range.begin, range.end);
  ranges.push_back(range);
}

/// Where the jump ends that takes the place of the function's first
/// instructions, if there is one.
uint64_t IslandPlanner::jumpEnd(size_t number) const {
  const PlannedFunction &planned = plan.functions[number];
  const Function &function = *planned.function;
  bool isNear =
      planned.tactic == Tactic::Forward && planned.jump == EntryJump::Near;
  return isNear || plan.displacedAt(function.section, function.site)
             ? function.site + kJumpSize
             : 0;
}

/// The padding before the function, as far as nobody counts on it.
IslandPlanner::Range IslandPlanner::paddingBefore(size_t number) const {
  const PlannedFunction &planned = plan.functions[number];
  const Function &function = *planned.function;
  Range range{function.section, function.gapBegin, function.entry,
              function.entry};
  bool isPlain = function.skip == SkipReason::None ||
                 function.skip == SkipReason::NotSelected;
  if (!isPlain || function.gapKept != function.entry)
    range.end = range.begin;
  else if (planned.isInPlace())
    range.end -= std::min<uint64_t>(config.layout.pad,
                                    function.entry - function.gapBegin);
  if (number != 0 && binary.functions[number - 1].section == function.section)
    range.begin = std::max(range.begin, jumpEnd(number - 1));
  return range;
}

void IslandPlanner::addPaddingBehindLast(size_t number) {
  const Function &function = binary.functions[number];
  const Section &section = binary.sections[function.section];
  uint64_t begin = room.bodyEnd(number);
  uint64_t last = section.code.instructionEndingAt(begin);
  if (function.reach != function.end || last == ~0ull ||
      !endsFlow(section.code.flow(last)) ||
      !x86::isPadding(binary.arch, section.bytes, begin, section.size))
    return;
  for (uint64_t at = begin; at < section.size; ++at)
    if (section.code.label(at))
      return;
  begin = std::max(begin, jumpEnd(number));
  add(padding, {function.section, begin, section.size, section.size});
}

/// The instructions of the function that might be run if all that could be a
/// branch in bytes not decoded were one.
DenseSet<uint64_t> IslandPlanner::maybeRun(const Function &function) const {
  const Section &section = binary.sections[function.section];
  SmallVector<uint64_t, 8> work;
  std::optional<uint64_t> target = function.entry;
  while ((target = unknownTargets.firstIn(function.section, *target + 1,
                                          function.end)))
    work.push_back(*target);
  DenseSet<uint64_t> reached;
  while (!work.empty()) {
    uint64_t at = work.pop_back_val();
    x86::Instruction instruction;
    if (at < function.entry || at >= function.end ||
        !reached.insert(at).second ||
        !x86::decode(binary.arch, section.bytes, at, instruction))
      continue;
    uint64_t next = at + instruction.length;
    if (!endsFlow(instruction.flow))
      work.push_back(next);
    if (instruction.isRelative)
      work.push_back(next + static_cast<uint64_t>(instruction.field));
  }
  return reached;
}

/// The old body of a function with a copy, behind the long jump to that.
SmallVector<IslandPlanner::Range, 4>
IslandPlanner::deadBody(size_t number) const {
  SmallVector<Range, 4> result;
  const Function &function = binary.functions[number];
  const Section &section = binary.sections[function.section];
  const Function *next = room.next(number);
  if ((next && next->entry < function.end) || !room.oldBodyIsDead(number))
    return result;
  DenseSet<uint64_t> reached = maybeRun(function);
  uint64_t at = function.site, end = room.bodyEnd(number);
  while (at < function.site + kJumpSize)
    at += std::max(1u, section.code.length(at));
  // What was not decoded may be data that something reads. Where the end was
  // displaced, the next function has its pad.
  uint64_t begin = at;
  auto addUpTo = [&](uint64_t until) {
    if (begin < until)
      result.push_back({function.section, begin, until, until});
  };
  while (at < end) {
    unsigned length = section.code.length(at);
    if (length == 0 || reached.contains(at) ||
        !isUntouched(function.section, at, at + length) ||
        plan.displacedAt(function.section, at)) {
      addUpTo(at);
      begin = at + std::max(1u, length);
    }
    at += std::max(1u, length);
  }
  addUpTo(end);
  return result;
}

void IslandPlanner::addDeadBody(size_t number) {
  const PlannedFunction &planned = plan.functions[number];
  if (planned.tactic == Tactic::Forward && planned.jump == EntryJump::Near)
    for (const Range &range : deadBody(number))
      add(deadCode, range);
}

/// Finds out what is spare where a short jump at the entry can lead.
void IslandPlanner::addSpareAround(size_t number) {
  const Function &function = binary.functions[number];
  auto addAt = [&](size_t i) {
    if (isAdded[i])
      return;
    isAdded[i] = true;
    if (binary.functions[i].fallsInto == FallsInto::No)
      add(padding, paddingBefore(i));
    addDeadBody(i);
    if (!room.next(i))
      addPaddingBehindLast(i);
  };
  for (size_t i = number + 1; i != 0;) {
    const Function &before = binary.functions[--i];
    if (before.section != function.section ||
        before.reach + kBackwards < function.site)
      break;
    addAt(i);
  }
  for (size_t i = number + 1; i != binary.functions.size(); ++i) {
    const Function &behind = binary.functions[i];
    if (behind.section != function.section ||
        behind.gapBegin > function.site + kShortJumpSize + kForwards)
      break;
    addAt(i);
  }
}

/// Takes what a jump at the entry needs of the padding behind: a long one, if
/// that padding turns out to be nobody's.
bool IslandPlanner::takeEntry(size_t number) {
  PlannedFunction &planned = plan.functions[number];
  const Function &function = *planned.function;
  uint64_t bodyEnd = room.bodyEnd(number);
  auto takesPadding = [&](uint64_t size) {
    uint64_t end = function.site + size;
    return end <= bodyEnd || padding.take(function.section, bodyEnd, end);
  };
  if (room.holds(number, kJumpSize) && takesPadding(kJumpSize)) {
    planned.jump = EntryJump::Near;
    return true;
  }
  return takesPadding(kShortJumpSize);
}

bool IslandPlanner::findIsland(size_t number) {
  PlannedFunction &planned = plan.functions[number];
  if (planned.jump == EntryJump::Near || useOwnPadding(number))
    return true;
  uint64_t end = planned.function->site + kShortJumpSize;
  uint64_t lowest = end - std::min(end, kBackwards), highest = end + kForwards;
  auto findSpare = [&] {
    for (SpareBytes *spare : {&padding, &deadCode})
      if (std::optional<uint64_t> island = spare->takeLowest(
              planned.function->section, lowest, highest, kJumpSize)) {
        planned.island = *island;
        return true;
      }
    return false;
  };
  return findSpare() ||
         (forwardNeighbour(number, lowest, highest) && findSpare());
}

/// Gives a function that could have stayed a copy, if an island that begins in
/// [lowest, highest] fits into its old body then.
bool IslandPlanner::forwardFor(size_t number, uint64_t lowest,
                               uint64_t highest) {
  PlannedFunction &planned = plan.functions[number];
  const Function &function = *planned.function;
  if (planned.tactic != Tactic::Native ||
      plan.displacedIn(function.section, function.entry, function.end) ||
      room.bodyEnd(number) < function.site + kJumpSize)
    return false;
  SpareBytes spare;
  for (const Range &range : deadBody(number))
    spare.add(range.section, range.begin, range.end);
  if (!spare.takeLowest(function.section, lowest, highest, kJumpSize))
    return false;
  PlannedFunction forwarded;
  forwarded.function = &function;
  planForward(number, forwarded);
  if (forwarded.tactic != Tactic::Forward || forwarded.jump != EntryJump::Near)
    return false;
  planned = std::move(forwarded);
  addDeadBody(number);
  return true;
}

/// The nearest function that can do that; those before come first.
bool IslandPlanner::forwardNeighbour(size_t number, uint64_t lowest,
                                     uint64_t highest) {
  SectionIndex section = binary.functions[number].section;
  for (size_t i = number; i-- != 0;) {
    const Function &before = binary.functions[i];
    if (before.section != section || before.reach < lowest)
      break;
    if (forwardFor(i, lowest, highest))
      return true;
  }
  for (size_t i = number + 1; i != binary.functions.size(); ++i) {
    const Function &behind = binary.functions[i];
    if (behind.section != section || behind.entry > highest)
      break;
    if (forwardFor(i, lowest, highest))
      return true;
  }
  return false;
}

/// What runs into the function through the padding before it, or might, comes
/// to the copy as well when the long jump is what it meets first.
bool IslandPlanner::useOwnPadding(size_t number) {
  PlannedFunction &planned = plan.functions[number];
  const Function &function = *planned.function;
  Range range = paddingBefore(number);
  if (function.fallsInto == FallsInto::No || range.begin != function.gapBegin ||
      range.end < range.begin + kJumpSize ||
      range.begin + kBackwards < function.site + kShortJumpSize ||
      !isUntouched(range.section, range.begin, range.end))
    return false;
  planned.island = range.begin;
  plan.leftOver.push_back({range.section, range.begin + kJumpSize, range.end});
  return true;
}

/// Where something was taken, the rest becomes int3.
void IslandPlanner::fillWhatIsLeft() {
  for (const Range &range : ranges) {
    auto left = padding.left(range.section, range.begin, range.end);
    append_range(left, deadCode.left(range.section, range.begin, range.end));
    if (left.size() == 1 && left[0] == std::pair(range.begin, range.end))
      continue;
    if (range.end < range.padEnd)
      left.push_back({range.end, range.padEnd});
    for (auto [begin, end] : left)
      plan.leftOver.push_back({range.section, begin, end});
  }
}

} // namespace

void planIslands(const Binary &binary, const Config &config,
                 PlanForward planForward, ImagePlan &plan) {
  auto wantsIsland = [](const PlannedFunction &planned) {
    return planned.tactic == Tactic::Forward &&
           planned.jump == EntryJump::Short;
  };
  if (none_of(plan.functions, wantsIsland))
    return;
  IslandPlanner planner(binary, config, planForward, plan);
  std::vector<size_t> wanting;
  for (size_t i = 0; i != plan.functions.size(); ++i)
    if (wantsIsland(plan.functions[i]))
      wanting.push_back(i);
  for (size_t i : wanting)
    planner.addSpareAround(i);
  // An island can lie elsewhere, an entry cannot.
  for (bool isEntry : {true, false})
    for (size_t i : wanting)
      if (plan.functions[i].tactic == Tactic::Forward &&
          !(isEntry ? planner.takeEntry(i) : planner.findIsland(i)))
        plan.functions[i].skip(SkipReason::NoRoom);
  planner.fillWhatIsLeft();
}

} // namespace hotpad::image
