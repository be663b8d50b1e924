//===- Replacement.cpp ----------------------------------------------------===//

#include "patcher/live/Replacement.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::live {

Error refuse(const Process &process, const LiveFunction &function,
             const patch::State &state) {
  if (function.broken != 0)
    return process.error(function.where + ": not hot-patchable: lacks " +
                         lackedRules(function.broken));
  if (state.kind == patch::State::Foreign)
    return process.error(function.where +
                         ": its pad or first instruction is not as in the "
                         "file: something else has changed it");
  return Error::success();
}

Error findSlots(const LiveProcess &live, const std::string &path, uint64_t hash,
                std::vector<Wanted> &wanted) {
  const Process &process = *live.process;
  DenseMap<const Image *, patch::Slots> pools;
  for (Wanted &one : wanted) {
    const LiveFunction &function = *one.function;
    Expected<patch::State> state = live.functions->state(function);
    if (!state)
      return state.takeError();
    if (Error error = refuse(process, function, *state))
      return error;
    one.state = *state;
    one.slot = state->slot;
    if (state->kind == patch::State::Replaced)
      for (const Records::Link &link :
           live.records.chainOf(function.place.entry, state->target))
        if (link.record->hash == hash)
          return process.error(function.where + " is replaced by " + path +
                               " already");
    if (one.slot != 0)
      continue;
    if (!pools.count(function.image)) {
      Expected<patch::Slots> all = live.functions->slots(*function.image);
      if (!all)
        return all.takeError();
      pools.try_emplace(function.image, std::move(*all));
    }
    patch::Slots &pool = pools.find(function.image)->second;
    std::optional<uint64_t> taken = pool.take(function.place.entry);
    if (!taken)
      return process.error(
          function.where + ": no slot is left: " + function.image->path +
          " has " + Twine(pool.total()) +
          ", all in use (`hotpad rewrite --slots=N` makes more)");
    one.slot = *taken;
  }
  return Error::success();
}

namespace {

class Application {
public:
  Application(LiveProcess &live, Patch &patch, ArrayRef<Wanted> wanted)
      : live(live), process(*live.process), patch(patch), wanted(wanted),
        plan(process.bits()) {}

  Error run(Record &record, bool noStop, Report &report) {
    StepClock clock(report);
    auto thread = live.borrowThread();
    if (!thread)
      return thread.takeError();
    clock.done("borrow a thread");
    Error error = load(**thread, record);
    clock.done("load the patch");
    if (!error && noStop)
      error = switchFunctions(process, plan, functions, report, thread->get());
    if (!error && noStop) {
      clock.done("switch the functions");
      return (*thread)->giveBack();
    }
    if (!error)
      error = (*thread)->giveBack();
    if (!error)
      error = switchFunctions(process, plan, functions, report);
    if (error)
      takeOut(std::move(*thread), record);
    clock.done("switch the functions");
    return error;
  }

private:
  Error load(BorrowedThread &thread, Record &record) {
    if (Error error = patch.load(process, *live.images, thread))
      return error;
    Expected<std::vector<Mapping>> maps = process.maps();
    if (!maps)
      return maps.takeError();
    for (const Wanted &one : wanted) {
      uint64_t target = patch.address(one.replacement);
      if (target == 0)
        return process.error("'" + one.replacement +
                             "' of the patch is nowhere to be found");
      if (none_of(*maps, [&](const Mapping &mapping) {
            return mapping.executable && target >= mapping.begin &&
                   target < mapping.end;
          }))
        return process.error("'" + one.replacement +
                             "' of the patch is not executable");
      plan.replace(one.function->place, one.state, target, one.slot);
      functions.push_back(one.function);
      record.add(one.function->place, one.state, target, one.replacement);
    }
    return Records::add(process, thread, record);
  }

  /// Nothing leads there.
  void takeOut(std::unique_ptr<BorrowedThread> thread, const Record &record) {
    if (!thread->isHeld()) {
      auto another = live.borrowThread();
      if (!another)
        return consumeError(another.takeError());
      thread = std::move(*another);
    }
    if (record.address != 0)
      consumeError(Records::remove(*thread, record));
    consumeError(patch.unload(*thread));
    consumeError(thread->giveBack());
  }

  LiveProcess &live;
  Process &process;
  Patch &patch;
  ArrayRef<Wanted> wanted;
  patch::Plan plan;
  std::vector<const LiveFunction *> functions;
};

} // namespace

Error replaceFunctions(LiveProcess &live, Patch &patch, ArrayRef<Wanted> wanted,
                       Record &record, bool noStop, Report &report) {
  return Application(live, patch, wanted).run(record, noStop, report);
}

} // namespace hotpad::live
