//===- Apply.cpp - replace functions by those of a patch ------------------===//

#include "patcher/detour/IdentityPatch.h"
#include "patcher/linux/Library.h"
#include "patcher/live/LiveProcess.h"
#include "patcher/object/ObjectPatch.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace hotpad::live {

namespace {

/// One function, and what shall replace it.
struct Wanted {
  const LiveFunction *function = nullptr;
  std::string replacement; ///< Its name in the patch.
  patch::State state;
  uint64_t slot = 0; ///< A free one, or the function's own.
};

/// Whether patching the function is possible at all.
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

/// Functions of the patch that bear a name of the program, and those that the
/// user maps.
Expected<std::vector<Wanted>>
chooseFunctions(const Process &process, const Functions &functions,
                const ApplyRequest &request,
                ArrayRef<std::string> replacements) {
  std::vector<Wanted> wanted;
  StringSet<> mapped;
  for (const auto &[old, replacement] : request.names) {
    if (!is_contained(replacements, replacement))
      return createStringError(request.patch + ": has no function '" +
                               replacement + "'");
    Expected<const LiveFunction *> function = functions.find(old);
    if (!function)
      return function.takeError();
    wanted.push_back({*function, replacement, {}, 0});
    mapped.insert(replacement);
  }
  StringSet<> known;
  for (const LiveFunction &function : functions.all())
    known.insert(function.name);
  for (const std::string &name : replacements) {
    if (mapped.contains(name))
      continue;
    Expected<const LiveFunction *> function = functions.find(name);
    if (!function) {
      // A function of the patch alone; but one of several of a name is meant to
      // replace one of them.
      if (known.contains(name))
        return function.takeError();
      consumeError(function.takeError());
      continue;
    }
    wanted.push_back({*function, name, {}, 0});
  }
  for (size_t i = 0; i != wanted.size(); ++i)
    for (size_t j = 0; j != i; ++j)
      if (wanted[i].function == wanted[j].function)
        return createStringError(request.patch + ": both '" +
                                 wanted[j].replacement + "' and '" +
                                 wanted[i].replacement + "' would replace " +
                                 wanted[i].function->where);
  llvm::sort(wanted, [](const Wanted &a, const Wanted &b) {
    return a.function->oldEntry < b.function->oldEntry;
  });
  if (wanted.empty())
    return createStringError(
        request.patch +
        ": none of its functions bears the name of a function "
        "of process " +
        Twine(process.pid()) + ", and no --map says what it replaces");
  return wanted;
}

Expected<std::unique_ptr<Patch>> readPatch(const Process &process,
                                           const std::string &path) {
  file_magic magic;
  if (std::error_code code = identify_magic(path, magic))
    return createStringError(path + ": " + code.message());
  if (magic == file_magic::elf_relocatable)
    return ObjectPatch::read(process, path);
  if (magic == file_magic::elf_shared_object)
    return LibraryPatch::read(process, path);
  return createStringError(
      path + ": neither a shared library nor an object file of ELF");
}

/// The image that all functions belong to; null: there are several.
const Image *homeOf(ArrayRef<Wanted> wanted) {
  const Image *home = wanted[0].function->image;
  return all_of(wanted,
                [&](const Wanted &one) { return one.function->image == home; })
             ? home
             : nullptr;
}

/// Every function that matches and runs its own code; warns of those that
/// cannot be done.
Expected<std::vector<Wanted>> chooseAll(const LiveProcess &live,
                                        const std::string &pattern,
                                        IdentityPatch &patch, Report &report) {
  Regex regex(pattern == "all" ? ".*" : pattern);
  std::string why;
  if (!regex.isValid(why))
    return createStringError("--identity=" + pattern + ": " + why);
  std::vector<Wanted> wanted;
  DenseSet<uint64_t> entries;
  for (const LiveFunction &function : live.functions->all()) {
    if (!regex.match(function.name) || function.broken != 0 ||
        !entries.insert(function.place.entry).second)
      continue;
    Expected<patch::State> state = live.functions->state(function);
    if (!state)
      return state.takeError();
    if (state->kind == patch::State::Replaced) {
      report.warnings.push_back(function.where + ": is replaced already");
      continue;
    }
    if (Error error = refuse(*live.process, function, *state))
      return error;
    if (Error error = patch.add(*live.process, function)) {
      report.warnings.push_back(toString(std::move(error)));
      continue;
    }
    wanted.push_back({&function, IdentityPatch::nameOf(function), {}, 0});
  }
  if (wanted.empty())
    return live.process->error("no hot-patchable function matches '" + pattern +
                               "'");
  return wanted;
}

/// The state of each function, and a slot for it. Fails when one cannot be
/// replaced, or is by this very patch.
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

Expected<uint64_t> hashOf(const std::string &path) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError(path + ": " + buffer.getError().message());
  return xxh3_64bits((*buffer)->getBuffer());
}

FunctionReport reportOf(const LiveProcess &live, const Wanted &one,
                        const std::string &path) {
  FunctionReport report = live.describe(*one.function, one.state);
  report.kind = FunctionReport::Replaced;
  report.targets.insert(report.targets.begin(), {one.replacement, path});
  return report;
}

/// Brings the patch and its record into the process and switches the functions;
/// what fails leaves nothing behind.
class Application {
public:
  Application(LiveProcess &live, Patch &patch, ArrayRef<Wanted> wanted)
      : live(live), process(*live.process), patch(patch), wanted(wanted),
        plan(process.bits()) {}

  Error run(Record &record, bool noStop, Report &report) {
    auto thread = live.borrowThread();
    if (!thread)
      return thread.takeError();
    Error error = load(**thread, record);
    if (!error && noStop)
      error = switchFunctions(process, plan, functions, report, thread->get());
    if (!error && noStop)
      return (*thread)->giveBack();
    if (!error)
      error = (*thread)->giveBack();
    if (!error)
      error = switchFunctions(process, plan, functions, report);
    if (error)
      takeOut(std::move(*thread), record);
    return error;
  }

private:
  Error load(BorrowedThread &thread, Record &record) {
    if (Error error = patch.load(process, *live.images, thread))
      return error;
    for (const Wanted &one : wanted) {
      uint64_t target = patch.address(one.replacement);
      if (target == 0)
        return process.error("'" + one.replacement +
                             "' of the patch is nowhere to be found");
      plan.replace(one.function->place, one.state, target, one.slot);
      functions.push_back(one.function);
      bool isReplaced = one.state.kind == patch::State::Replaced;
      record.entries.push_back({one.function->place.entry, target,
                                isReplaced ? one.state.target : 0,
                                one.replacement});
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

Expected<Report> apply(const ApplyRequest &request) {
  Expected<LiveProcess> live = LiveProcess::open(request.pid);
  if (!live)
    return live.takeError();
  Process &process = *live->process;
  Report report;
  report.program = process.program();

  // What can be refused is refused before the process has anything of the
  // patch.
  std::unique_ptr<Patch> patch;
  std::vector<Wanted> wanted;
  Record record;
  record.sequence = live->records.nextSequence();
  if (request.patch.empty()) {
    auto identity = std::make_unique<IdentityPatch>();
    Expected<std::vector<Wanted>> all =
        chooseAll(*live, request.identity, *identity, report);
    if (!all)
      return all.takeError();
    wanted = std::move(*all);
    patch = std::move(identity);
    record.patch = "--identity=" + request.identity;
  } else {
    SmallString<256> real;
    if (std::error_code code = sys::fs::real_path(request.patch, real))
      return createStringError(request.patch + ": " + code.message());
    record.patch = real.str().str();
    Expected<std::unique_ptr<Patch>> read = readPatch(process, record.patch);
    if (!read)
      return read.takeError();
    patch = std::move(*read);
    Expected<std::vector<Wanted>> chosen =
        chooseFunctions(process, *live->functions, request, patch->functions());
    if (!chosen)
      return chosen.takeError();
    wanted = std::move(*chosen);
    Expected<uint64_t> hash = hashOf(record.patch);
    if (!hash)
      return hash.takeError();
    record.hash = *hash;
  }
  if (Error error = findSlots(*live, record.patch, record.hash, wanted))
    return error;
  if (Error error = patch->prepare(process, *live->images, homeOf(wanted)))
    return error;
  for (const Wanted &one : wanted)
    report.functions.push_back(reportOf(*live, one, record.patch));
  if (request.dryRun)
    return report;
  Application application(*live, *patch, wanted);
  if (Error error = application.run(record, request.noStop, report))
    return error;
  return report;
}

} // namespace hotpad::live
