//===- Revert.cpp - take patches back -------------------------------------===//
//
// Pads, slots, records and what replaced a function stay where they are: a
// thread may be on its way through them.
//
//===----------------------------------------------------------------------===//

#include "patcher/windows/Live.h"
#include <algorithm>

namespace hotpad::windows {

namespace {

using Link = patch::RecordList::Link;

struct Replaced {
  const Function *function = nullptr;
  patch::State state;
  std::vector<Link> chain; ///< The newest first.
};

std::vector<Replaced> findReplaced(LiveProcess &live) {
  std::vector<Replaced> result;
  for (const Function &function : live.functions.all()) {
    if (function.lacks)
      continue;
    patch::State state = live.functions.state(live.process, function);
    if (state.kind == patch::State::Replaced)
      result.push_back(
          {&function, state,
           live.records.chainOf(function.place.entry, state.target)});
  }
  return result;
}

/// What is to be done.
struct Changes {
  patch::Plan plan{Process::kBits};
  std::vector<const Function *> switched;
  Report report;
};

/// Takes back the newest replacement; with \p all, every one.
void takeBack(const LiveProcess &live, const Replaced &one, bool all,
              Changes &changes) {
  uint64_t before = all || one.chain.empty() ? 0 : one.chain[0]->previous;
  patch::State after = one.state;
  if (before != 0) {
    changes.plan.retarget(one.state, before);
    after.target = before;
  } else {
    changes.plan.restore(one.function->place);
    after.kind = patch::State::Reverted;
  }
  changes.switched.push_back(one.function);
  changes.report.functions.push_back(live.describe(*one.function, after));
}

/// The newest patch that replaces a function now; null: none.
const patch::Record *newestPatch(const std::vector<Replaced> &replaced) {
  const patch::Record *newest = nullptr;
  for (const Replaced &one : replaced)
    if (!one.chain.empty() &&
        (!newest || one.chain[0].record->sequence > newest->sequence))
      newest = one.chain[0].record;
  return newest;
}

} // namespace

Report revert(const RevertRequest &request) {
  LiveProcess live(request.pid);
  std::vector<Replaced> replaced = findReplaced(live);
  Changes changes;
  changes.report.program = live.images.program;
  if (request.all) {
    for (const Replaced &one : replaced)
      takeBack(live, one, true, changes);
  } else if (!request.functions.empty()) {
    for (const std::string &name : request.functions) {
      const Function &function = live.functions.find(name);
      auto one = std::find_if(replaced.begin(), replaced.end(),
                              [&](const Replaced &candidate) {
                                return candidate.function == &function;
                              });
      if (one == replaced.end())
        throw live.process.error(function.where() + " is not replaced");
      if (std::find(changes.switched.begin(), changes.switched.end(),
                    &function) == changes.switched.end())
        takeBack(live, *one, false, changes);
    }
  } else {
    const patch::Record *newest = newestPatch(replaced);
    if (!newest)
      throw live.process.error("no patch is applied");
    for (const Replaced &one : replaced)
      if (!one.chain.empty() && one.chain[0].record == newest)
        takeBack(live, one, false, changes);
  }
  if (!changes.switched.empty())
    switchFunctions(live.process, changes.plan, changes.switched,
                    request.noStop, changes.report);
  return std::move(changes.report);
}

} // namespace hotpad::windows
