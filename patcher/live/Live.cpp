//===- Live.cpp -----------------------------------------------------------===//

#include "patcher/live/Live.h"
#include "patcher/linux/Functions.h"
#include "patcher/linux/Library.h"
#include "patcher/linux/Threads.h"
#include "patcher/object/ObjectPatch.h"
#include "rewriter/contract/Contract.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include <chrono>
#include <thread>

using namespace llvm;

namespace hotpad::live {

namespace {

/// One function, and what shall replace it.
struct Wanted {
  const LiveFunction *function = nullptr;
  std::string replacement; ///< Its name in the patch.
};

std::string lacks(unsigned broken) {
  std::string text;
  for (unsigned i = 0; i != kRuleCount; ++i)
    if (broken & (1u << i))
      text += (text.empty() ? "" : ", ") + std::string(allRules()[i].id) + " " +
              allRules()[i].text;
  return text;
}

/// Whether patching the function is possible at all.
Error refuse(const Process &process, const LiveFunction &function,
             const patch::State &state) {
  if (function.broken != 0)
    return process.error(function.where + ": not hot-patchable: lacks " +
                         lacks(function.broken));
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
    wanted.push_back({*function, replacement});
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
    wanted.push_back({*function, name});
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

/// An address at which a thread cannot go on when \p function is switched: in
/// the padding that becomes a jump, or between the two bytes of the site.
bool isInTheWay(uint64_t address, const LiveFunction &function) {
  const patch::Place &place = function.place;
  return (address >= place.entry - patch::kPadSize && address < place.entry) ||
         address == place.site + 1;
}

/// Stops all threads, where none of them is in the way, and runs the plan.
Error switchFunctions(Process &process, const patch::Plan &plan,
                      ArrayRef<const LiveFunction *> functions,
                      Report &report) {
  using namespace std::chrono;
  for (int attempt = 0; attempt != 100; ++attempt) {
    auto begin = steady_clock::now();
    const LiveFunction *blocked = nullptr;
    pid_t blocking = 0;
    {
      Expected<StoppedThreads> threads = StoppedThreads::stop(process);
      if (!threads)
        return threads.takeError();
      auto addresses = threads->addresses();
      if (!addresses)
        return addresses.takeError();
      for (const auto &[thread, address] : *addresses)
        for (const LiveFunction *function : functions)
          if (isInTheWay(address, *function)) {
            blocked = function;
            blocking = thread;
          }
      if (!blocked) {
        ProcessMemory memory(process);
        if (patch::Failure failure = plan.run(memory))
          return StringRef(*failure).starts_with("process ")
                     ? createStringError(*failure)
                     : process.error(*failure);
        report.threads = threads->count();
      }
    }
    report.pause += duration<double>(steady_clock::now() - begin).count();
    if (!blocked)
      return Error::success();
    if (attempt == 99)
      return process.error("thread " + Twine(blocking) +
                           " stands in the bytes that a patch of " +
                           blocked->where + " changes, and does not leave");
    std::this_thread::sleep_for(milliseconds(1));
  }
  return Error::success();
}

FunctionReport describe(const Images &images, const LiveFunction &function,
                        const patch::State &state) {
  FunctionReport report;
  report.name = function.name;
  report.image = function.image->path;
  report.address = function.oldEntry - function.image->bias;
  report.kind = state.kind == patch::State::Replaced ? FunctionReport::Replaced
                : state.kind == patch::State::Reverted
                    ? FunctionReport::Reverted
                    : FunctionReport::Foreign;
  if (report.kind != FunctionReport::Replaced)
    return report;
  const Image *image = images.at(state.target);
  const ImageSymbol *symbol = image ? image->functionAt(state.target) : nullptr;
  report.target = symbol  ? symbol->name.str()
                  : image ? hex(state.target - image->bias)
                          : hex(state.target);
  if (image)
    report.targetImage = image->path;
  return report;
}

/// The process, its images and their functions, as they are now.
struct Live {
  std::unique_ptr<Process> process;
  std::unique_ptr<Images> images;
  std::unique_ptr<Functions> functions;

  static Expected<Live> open(pid_t pid) {
    Live live;
    Expected<std::unique_ptr<Process>> process = Process::open(pid);
    if (!process)
      return process.takeError();
    live.process = std::move(*process);
    Expected<Images> images = Images::read(*live.process);
    if (!images)
      return images.takeError();
    live.images = std::make_unique<Images>(std::move(*images));
    if (live.images->all().empty() || !live.images->all()[0]->isProgram)
      return live.images->unread().empty()
                 ? live.process->error("its program cannot be read")
                 : createStringError(live.images->unread()[0]);
    Expected<Functions> functions =
        Functions::read(*live.process, *live.images);
    if (!functions)
      return functions.takeError();
    live.functions = std::make_unique<Functions>(std::move(*functions));
    if (none_of(live.images->all(),
                [](const auto &image) { return image->hasSlots; }))
      return live.process->error(
          "neither its program (" + live.process->program() +
          ") nor a library of it is hot-patchable: `hotpad rewrite` makes them "
          "so, before they are started");
    return live;
  }
};

} // namespace

Expected<Report> apply(const ApplyRequest &request) {
  Expected<Live> live = Live::open(request.pid);
  if (!live)
    return live.takeError();
  Process &process = *live->process;
  SmallString<256> path;
  if (std::error_code code = sys::fs::real_path(request.patch, path))
    return createStringError(request.patch + ": " + code.message());
  Expected<std::unique_ptr<Patch>> patch = readPatch(process, path.str().str());
  if (!patch)
    return patch.takeError();
  Expected<std::vector<Wanted>> wanted = chooseFunctions(
      process, *live->functions, request, (*patch)->functions());
  if (!wanted)
    return wanted.takeError();

  // What can be refused is refused before the process has anything of the
  // patch.
  std::vector<patch::State> states;
  std::vector<uint64_t> freeSlots;
  DenseMap<const Image *, patch::Slots> slots;
  for (const Wanted &one : *wanted) {
    const LiveFunction &function = *one.function;
    Expected<patch::State> state = live->functions->state(function);
    if (!state)
      return state.takeError();
    if (Error error = refuse(process, function, *state))
      return error;
    if (state->kind == patch::State::Replaced) {
      const Image *image = live->images->at(state->target);
      if (image && image == live->images->byFile(path, process))
        return process.error(function.where + " is replaced by " + path +
                             " already");
    }
    uint64_t slot = state->slot;
    if (slot == 0) {
      if (!slots.count(function.image)) {
        Expected<patch::Slots> all = live->functions->slots(*function.image);
        if (!all)
          return all.takeError();
        slots.try_emplace(function.image, std::move(*all));
      }
      patch::Slots &pool = slots.find(function.image)->second;
      std::optional<uint64_t> taken = pool.take(function.place.entry);
      if (!taken)
        return process.error(function.where +
                             ": no slot is left: " + function.image->path +
                             " has " + Twine(pool.total()) +
                             ", all in use (`hotpad rewrite "
                             "--slots=N` makes more)");
      slot = *taken;
    }
    states.push_back(*state);
    freeSlots.push_back(slot);
  }

  if (Error error = (*patch)->prepare(process, *live->images, homeOf(*wanted)))
    return error;
  Report report;
  report.program = process.program();
  if (request.dryRun) {
    for (size_t i = 0; i != wanted->size(); ++i) {
      FunctionReport one =
          describe(*live->images, *(*wanted)[i].function, states[i]);
      one.kind = FunctionReport::Replaced;
      one.target = (*wanted)[i].replacement;
      one.targetImage = path.str().str();
      report.functions.push_back(std::move(one));
    }
    return report;
  }

  if (Error error = (*patch)->load(process, *live->images))
    return error;
  Expected<Images> now = Images::read(process);
  if (!now)
    return now.takeError();
  patch::Plan plan(process.bits());
  std::vector<const LiveFunction *> switched;
  for (size_t i = 0; i != wanted->size(); ++i) {
    const Wanted &one = (*wanted)[i];
    uint64_t target = (*patch)->address(one.replacement);
    if (target == 0)
      return process.error(path + ": '" + one.replacement +
                           "' is nowhere to be found");
    plan.replace(one.function->place, states[i], target, freeSlots[i]);
    switched.push_back(one.function);
    patch::State after = states[i];
    after.kind = patch::State::Replaced;
    after.target = target;
    report.functions.push_back(describe(*now, *one.function, after));
  }
  if (Error error = switchFunctions(process, plan, switched, report))
    return error;
  return report;
}

Expected<Report> revert(const RevertRequest &request) {
  Expected<Live> live = Live::open(request.pid);
  if (!live)
    return live.takeError();
  Process &process = *live->process;
  std::vector<const LiveFunction *> chosen;
  for (const std::string &name : request.functions) {
    Expected<const LiveFunction *> function = live->functions->find(name);
    if (!function)
      return function.takeError();
    if (!is_contained(chosen, *function))
      chosen.push_back(*function);
  }
  if (request.all)
    for (const LiveFunction &function : live->functions->all())
      if (function.broken == 0)
        chosen.push_back(&function);

  Report report;
  report.program = process.program();
  patch::Plan plan(process.bits());
  std::vector<const LiveFunction *> switched;
  for (const LiveFunction *function : chosen) {
    Expected<patch::State> state = live->functions->state(*function);
    if (!state)
      return state.takeError();
    if (state->kind != patch::State::Replaced) {
      if (request.all)
        continue;
      return process.error(function->where + " is not replaced");
    }
    plan.restore(function->place);
    switched.push_back(function);
    state->kind = patch::State::Reverted;
    report.functions.push_back(describe(*live->images, *function, *state));
  }
  if (switched.empty())
    return report;
  if (Error error = switchFunctions(process, plan, switched, report))
    return error;
  return report;
}

Expected<Report> status(pid_t pid) {
  Expected<Live> live = Live::open(pid);
  if (!live)
    return live.takeError();
  Report report;
  report.program = live->process->program();
  report.warnings = live->images->unread().vec();
  for (const std::unique_ptr<Image> &image : live->images->all()) {
    Expected<patch::Slots> slots = live->functions->slots(*image);
    if (!slots)
      return slots.takeError();
    report.slots += slots->total();
    report.usedSlots += slots->used();
  }
  for (const LiveFunction &function : live->functions->all()) {
    if (function.broken != 0)
      continue;
    Expected<patch::State> state = live->functions->state(function);
    if (!state)
      return state.takeError();
    if (state->kind != patch::State::Original)
      report.functions.push_back(describe(*live->images, function, *state));
  }
  return report;
}

} // namespace hotpad::live
