//===- Apply.cpp - replace functions by those of a patch ------------------===//

#include "patcher/linux/Library.h"
#include "patcher/live/Matching.h"
#include "patcher/live/Replacement.h"
#include "patcher/object/ObjectPatch.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace hotpad::live {

namespace {

/// Functions of the patch that bear a name of the program, and those that the
/// user maps.
Expected<std::vector<Wanted>>
chooseFunctions(const LiveProcess &live, const ApplyRequest &request,
                ArrayRef<std::string> replacements) {
  const Functions &functions = *live.functions;
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
        Twine(request.pid) + ", and no --map says what it replaces" +
        live.images->missingSymbols());
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

/// Copies and parts of replaced functions, which the compiler made: what calls
/// them goes on doing so.
void warnOfClones(const Process &process, ArrayRef<Wanted> wanted,
                  Report &report) {
  constexpr StringRef kKinds[] = {"constprop", "isra", "part"};
  StringMap<const LiveFunction *> byName;
  for (const Wanted &one : wanted)
    byName[one.function->name] = one.function;
  const Image *home = homeOf(wanted);
  if (!home)
    return;
  for (const ImageSymbol &symbol : home->symbols) {
    auto [base, kind] = symbol.name.split('.');
    const LiveFunction *function = byName.lookup(base);
    if (function && symbol.type == ELF::STT_FUNC && !symbol.isExported &&
        is_contained(kKinds, kind.split('.').first))
      report.warnings.push_back(
          toString(process.error(function->where + ": '" + symbol.name +
                                 "' is a copy or a part of it that the "
                                 "compiler made, and stays as it is")));
  }
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

} // namespace

Expected<Report> apply(const ApplyRequest &request) {
  Report report;
  StepClock clock(report);
  Expected<LiveProcess> live = LiveProcess::open(request.pid, request.symbols);
  if (!live)
    return live.takeError();
  Process &process = *live->process;
  report.program = process.program();
  clock.done("read the process");

  // What can be refused is refused before the process has anything of the
  // patch.
  std::unique_ptr<Patch> patch;
  std::vector<Wanted> wanted;
  Record record;
  record.sequence = live->records.nextSequence();
  if (request.patch.empty()) {
    auto identity = std::make_unique<IdentityPatch>();
    Expected<std::vector<Wanted>> all =
        chooseMatching(*live, "--identity=", request.identity, request.noStop,
                       *identity, report.warnings);
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
        chooseFunctions(*live, request, patch->functions());
    if (!chosen)
      return chosen.takeError();
    wanted = std::move(*chosen);
    Expected<uint64_t> hash = hashOf(record.patch);
    if (!hash)
      return hash.takeError();
    record.hash = *hash;
    warnOfClones(process, wanted, report);
  }
  if (Error error = findSlots(*live, record.patch, record.hash, wanted))
    return error;
  if (Error error = patch->prepare(process, *live->images, homeOf(wanted)))
    return error;
  for (const Wanted &one : wanted)
    report.functions.push_back(reportOf(*live, one, record.patch));
  clock.done("check");
  if (request.dryRun)
    return report;
  if (Error error = replaceFunctions(*live, *patch, wanted, record,
                                     request.noStop, report))
    return error;
  return report;
}

} // namespace hotpad::live
