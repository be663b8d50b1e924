//===- Apply.cpp - replace functions by those of a patch ------------------===//

#include "patcher/windows/Live.h"
#include "patcher/windows/Patch.h"
#include <algorithm>
#include <regex>

namespace hotpad::windows {

namespace {

/// One function, and what shall replace it.
struct Wanted {
  const Function *function = nullptr;
  std::string replacement; ///< Its name in the patch.
  patch::State state;
  uint64_t slot = 0; ///< A free one, or the function's own.
};

/// Fails when patching the function is not possible at all.
void refuse(const Process &process, const Function &function,
            const patch::State &state) {
  if (function.lacks)
    throw process.error(function.where() + ": not hot-patchable: lacks " +
                        function.lacks);
  if (state.kind == patch::State::Foreign)
    throw process.error(function.where() +
                        ": its pad or first instruction is not as in the "
                        "file: something else has changed it");
}

/// Functions of the patch that bear a name of the program, and those that the
/// user maps.
std::vector<Wanted> chooseFunctions(const LiveProcess &live,
                                    const ApplyRequest &request,
                                    const DllPatch &patch) {
  std::vector<Wanted> wanted;
  std::set<std::string> mapped;
  for (const auto &[old, replacement] : request.names) {
    if (patch.functions().count(replacement) == 0)
      throw Error(patch.path() + ": exports no function '" + replacement + "'");
    wanted.push_back({&live.functions.find(old), replacement, {}, 0});
    mapped.insert(replacement);
  }
  for (const std::string &name : patch.functions())
    if (mapped.count(name) == 0 && live.functions.isKnown(name))
      wanted.push_back({&live.functions.find(name), name, {}, 0});
  for (size_t i = 0; i != wanted.size(); ++i)
    for (size_t j = 0; j != i; ++j)
      if (wanted[i].function == wanted[j].function)
        throw Error(patch.path() + ": both '" + wanted[j].replacement +
                    "' and '" + wanted[i].replacement + "' would replace " +
                    wanted[i].function->where());
  if (wanted.empty())
    throw Error(patch.path() +
                ": none of its exports bears the name of a function of "
                "process " +
                std::to_string(request.pid) +
                ", and no --map says what it replaces");
  return wanted;
}

std::regex readPattern(const std::string &pattern) {
  try {
    return std::regex(pattern == "all" ? ".*" : pattern);
  } catch (const std::regex_error &) {
    throw Error("--identity=" + pattern + ": no regular expression");
  }
}

/// Every function that matches and runs its own code; warns of those that
/// cannot be done.
std::vector<Wanted> chooseAll(LiveProcess &live, const std::string &pattern,
                              IdentityPatch &patch, Report &report) {
  std::regex regex = readPattern(pattern);
  std::vector<Wanted> wanted;
  for (const Function &function : live.functions.all()) {
    if (function.lacks || !std::regex_search(function.name, regex))
      continue;
    patch::State state = live.functions.state(live.process, function);
    if (state.kind == patch::State::Replaced) {
      report.warnings.push_back(function.where() + ": is replaced already");
      continue;
    }
    refuse(live.process, function, state);
    if (const char *why = patch.add(function)) {
      report.warnings.push_back(function.where() + ": " + why);
      continue;
    }
    wanted.push_back({&function, IdentityPatch::nameOf(function), {}, 0});
  }
  if (wanted.empty())
    throw live.process.error("no hot-patchable function matches '" + pattern +
                             "'");
  return wanted;
}

/// The state of each function, and a slot for it. Fails when one cannot be
/// replaced, or is by this very patch.
void findSlots(LiveProcess &live, const patch::Record &record,
               std::vector<Wanted> &wanted) {
  std::map<const Image *, patch::Slots> pools;
  for (Wanted &one : wanted) {
    const Function &function = *one.function;
    one.state = live.functions.state(live.process, function);
    refuse(live.process, function, one.state);
    one.slot = one.state.slot;
    if (one.state.kind == patch::State::Replaced)
      for (const patch::RecordList::Link &link :
           live.records.chainOf(function.place.entry, one.state.target))
        if (link.record->hash == record.hash)
          throw live.process.error(function.where() + " is replaced by " +
                                   record.patch + " already");
    if (one.slot != 0)
      continue;
    auto pool = pools.find(function.image);
    if (pool == pools.end())
      pool = pools
                 .emplace(function.image,
                          live.functions.slots(live.process, *function.image))
                 .first;
    std::optional<uint64_t> taken = pool->second.take(function.place.entry);
    if (!taken)
      throw live.process.error(
          function.where() +
          ": no slot is left: " + function.image->module.path + " has " +
          std::to_string(pool->second.total()) +
          ", all in use (`hotpad rewrite --slots=N` makes more)");
    one.slot = *taken;
  }
}

/// Brings the patch and its record into the process and switches the functions;
/// what fails leaves nothing behind.
void bringIn(LiveProcess &live, Patch &patch, const std::vector<Wanted> &wanted,
             patch::Record &record, bool noStop, Report &report) {
  Process &process = live.process;
  patch.load(process);
  try {
    patch::Plan plan(Process::kBits);
    std::vector<const Function *> functions;
    for (const Wanted &one : wanted) {
      uint64_t target = patch.address(one.replacement);
      plan.replace(one.function->place, one.state, target, one.slot);
      functions.push_back(one.function);
      record.add(one.function->place, one.state, target, one.replacement);
    }
    addRecord(process, record);
    switchFunctions(process, plan, functions, noStop, report);
  } catch (const Error &) {
    if (record.address != 0)
      process.giveBack(record.address);
    try {
      patch.unload(process);
    } catch (const Error &) {
      // The first failure is the one to tell.
    }
    throw;
  }
}

} // namespace

Report apply(const ApplyRequest &request) {
  // What can be refused is refused before the process has anything of the
  // patch.
  std::unique_ptr<Patch> patch;
  std::vector<Wanted> wanted;
  patch::Record record;
  Report report;
  DllPatch *dll = nullptr;
  if (!request.patch.empty()) {
    auto read = std::make_unique<DllPatch>(request.patch);
    dll = read.get();
    patch = std::move(read);
  }
  LiveProcess live(request.pid);
  report.program = live.images.program;
  record.sequence = live.records.nextSequence();
  if (dll) {
    wanted = chooseFunctions(live, request, *dll);
    record.patch = dll->path();
    record.hash = dll->hash();
  } else {
    auto identity = std::make_unique<IdentityPatch>();
    wanted = chooseAll(live, request.identity, *identity, report);
    record.patch = "--identity=" + request.identity;
    patch = std::move(identity);
  }
  findSlots(live, record, wanted);
  for (const Wanted &one : wanted) {
    FunctionReport line = live.describe(*one.function, one.state);
    line.kind = FunctionReport::Replaced;
    line.targets.insert(line.targets.begin(), {one.replacement, record.patch});
    report.functions.push_back(std::move(line));
  }
  if (!request.dryRun)
    bringIn(live, *patch, wanted, record, request.noStop, report);
  return report;
}

} // namespace hotpad::windows
