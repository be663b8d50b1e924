//===- Revert.cpp - take patches back -------------------------------------===//
//
// A function's newest replacement is taken back by its switch: the slot names
// the one before it again, or the site gets its own bytes. An older one is
// taken out of the records alone: what is above it then leads to what is below
// it.
//
//===----------------------------------------------------------------------===//

#include "patcher/live/LiveProcess.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace hotpad::live {

namespace {

/// A function that is replaced, and by what.
struct Replaced {
  const LiveFunction *function = nullptr;
  patch::State state;
  std::vector<Records::Link> chain; ///< The newest first.
};

Expected<std::vector<Replaced>> findReplaced(const LiveProcess &live) {
  std::vector<Replaced> replaced;
  for (const LiveFunction &function : live.functions->all()) {
    if (function.broken != 0)
      continue;
    Expected<patch::State> state = live.functions->state(function);
    if (!state)
      return state.takeError();
    if (state->kind == patch::State::Replaced)
      replaced.push_back(
          {&function, *state,
           live.records.chainOf(function.place.entry, state->target)});
  }
  return replaced;
}

/// A change of a record: its entry leads to what was before the one below it.
struct Shortcut {
  uint64_t address = 0, previous = 0;
};

struct Changes {
  explicit Changes(patch::Bits bits) : plan(bits) {}
  patch::Plan plan;
  std::vector<const LiveFunction *> switched;
  std::vector<Shortcut> shortcuts;
  Report report;
};

/// Takes back number \p depth of the chain, 0 being the newest.
void takeBack(const LiveProcess &live, const Replaced &one, size_t depth,
              Changes &changes) {
  uint64_t before = depth < one.chain.size() ? one.chain[depth]->previous : 0;
  patch::State after = one.state;
  if (depth != 0) {
    const Records::Link &above = one.chain[depth - 1];
    changes.shortcuts.push_back(
        {above.record->previousAt(above.entry), before});
  } else {
    if (before != 0) {
      changes.plan.retarget(one.state, before);
      after.target = before;
    } else {
      changes.plan.restore(one.function->place);
      // Who runs through the pad comes to what the slot names.
      if (one.function->runsThroughPad)
        changes.plan.retarget(one.state, one.function->place.entry);
      after.kind = patch::State::Reverted;
    }
    changes.switched.push_back(one.function);
  }
  FunctionReport report = live.describe(*one.function, after);
  if (depth != 0)
    report.targets.erase(report.targets.begin() + ptrdiff_t(depth));
  changes.report.functions.push_back(std::move(report));
}

/// The patch that \p name means: a path, or the last part of one; the newest of
/// several.
const Record *findPatch(ArrayRef<Replaced> replaced, StringRef name) {
  const Record *found = nullptr;
  for (const Replaced &one : replaced)
    for (const Records::Link &link : one.chain)
      if ((name.empty() || link.record->patch == name ||
           sys::path::filename(link.record->patch) == name) &&
          (!found || link.record->sequence > found->sequence))
        found = link.record;
  return found;
}

void takeBackPatch(const LiveProcess &live, ArrayRef<Replaced> replaced,
                   const Record *record, Changes &changes) {
  for (const Replaced &one : replaced)
    for (size_t depth = 0; depth != one.chain.size(); ++depth)
      if (one.chain[depth].record == record) {
        takeBack(live, one, depth, changes);
        break;
      }
}

} // namespace

Expected<Report> revert(const LiveProcess &live, const RevertRequest &request) {
  Process &process = *live.process;
  Expected<std::vector<Replaced>> replaced = findReplaced(live);
  if (!replaced)
    return replaced.takeError();

  Changes changes(process.bits());
  changes.report.program = process.program();
  if (request.all) {
    for (Replaced &one : *replaced) {
      one.chain.clear(); // all of it, at once
      takeBack(live, one, 0, changes);
    }
  } else if (!request.functions.empty()) {
    for (const std::string &name : request.functions) {
      Expected<const LiveFunction *> function = live.functions->find(name);
      if (!function)
        return function.takeError();
      auto one = find_if(*replaced, [&](const Replaced &candidate) {
        return candidate.function == *function;
      });
      if (one == replaced->end())
        return process.error((*function)->where + " is not replaced");
      if (!is_contained(changes.switched, *function))
        takeBack(live, *one, 0, changes);
    }
  } else {
    const Record *record = findPatch(*replaced, request.patch);
    if (!record)
      return request.patch.empty()
                 ? process.error("no patch is applied")
                 : process.error("no patch '" + request.patch + "' is applied");
    takeBackPatch(live, *replaced, record, changes);
  }
  if (changes.report.functions.empty())
    return std::move(changes.report);

  StepClock clock(changes.report);
  std::unique_ptr<BorrowedThread> thread;
  if (request.noStop) {
    auto borrowed = live.borrowThread();
    if (!borrowed)
      return borrowed.takeError();
    thread = std::move(*borrowed);
  }
  if (!changes.switched.empty())
    if (Error error = switchFunctions(process, changes.plan, changes.switched,
                                      changes.report, thread.get()))
      return error;
  for (const Shortcut &shortcut : changes.shortcuts) {
    uint8_t bytes[8];
    support::endian::write64le(bytes, shortcut.previous);
    if (Error error = process.write(shortcut.address, bytes))
      return error;
  }
  if (thread)
    if (Error error = thread->giveBack())
      return error;
  clock.done("switch the functions");
  return std::move(changes.report);
}

Expected<Report> revert(const RevertRequest &request) {
  Report times;
  StepClock clock(times);
  Expected<LiveProcess> live = LiveProcess::open(request.pid, request.symbols);
  if (!live)
    return live.takeError();
  clock.done("read the process");
  Expected<Report> report = revert(*live, request);
  if (report)
    report->steps.insert(report->steps.begin(), times.steps.begin(),
                         times.steps.end());
  return report;
}

} // namespace hotpad::live
