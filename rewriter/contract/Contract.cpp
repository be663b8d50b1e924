//===- Contract.cpp -------------------------------------------------------===//

#include "rewriter/contract/Contract.h"
#include "rewriter/archive/Archive.h"
#include "rewriter/contract/Forwards.h"
#include "rewriter/contract/Lists.h"
#include "rewriter/contract/ReadAny.h"
#include "rewriter/core/InPlace.h"
#include "rewriter/discover/Discover.h"
#include "rewriter/discover/FindSources.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace hotpad {

const std::array<Rule, kRuleCount> &allRules() {
  static const std::array<Rule, kRuleCount> kRules = {{
      {"C1", "padding before the entry"},
      {"C2", "a first instruction of 2 bytes in one aligned 8-byte word"},
      {"C3", "a patch site that no branch lands on"},
      {"C4", "slots within reach"},
      {"C5", "a place in the list of entries"},
  }};
  return kRules;
}

uint64_t CheckedFile::conforming() const {
  return llvm::count_if(functions, [](const CheckedFunction &function) {
    return function.conforms();
  });
}

namespace {

unsigned brokenRules(const Binary &binary, const Function &function,
                     const PatchLists &lists, const CheckOptions &options) {
  bool glued = function.skip == SkipReason::TypeHash ||
               function.skip == SkipReason::TypeSignature ||
               function.skip == SkipReason::PrefixData;
  bool isLinkers =
      options.padByLinker && binary.mode == Mode::Object && function.entry == 0;
  InPlace rules = rulesInPlace(binary, function, options.layout);
  bool broken[kRuleCount] = {
      glued || !(isLinkers || rules.pad),
      !rules.site,
      !rules.noWayIn,
      !slotsReach(lists, binary, function, options.slots),
      !isListed(lists, function),
  };
  unsigned bits = 0;
  for (unsigned i = 0; i != kRuleCount; ++i)
    bits |= unsigned(broken[i]) << i;
  return bits;
}

/// Reads and decodes, with functions from the list when symbols are missing.
Expected<std::unique_ptr<ObjectFile>> readForCheck(ArrayRef<uint8_t> bytes,
                                                   const std::string &name,
                                                   PatchLists &lists) {
  Expected<std::unique_ptr<ObjectFile>> object = readAny(bytes, name);
  if (!object)
    return object.takeError();
  lists = (*object)->readLists();
  if (!(*object)->namesAllFunctions || (*object)->binary.mode == Mode::Image)
    addListedFunctions(lists, (*object)->binary);
  (*object)->binary.symbolsNameAll = (*object)->namesAllFunctions;
  if (Error error = discover((*object)->binary))
    return error;
  return object;
}

CheckedFunction describe(const Binary &binary, const Function &function,
                         const PatchLists &lists, const CheckOptions &options) {
  const Section &section = binary.sections[function.section];
  CheckedFunction checked;
  checked.section = section.name.str();
  checked.sectionIndex = function.section;
  checked.entry = section.address + function.entry;
  checked.site = section.address + function.site;
  checked.padding = function.entry - function.gapBegin;
  checked.firstLength = section.code.length(function.site);
  checked.firstByte =
      function.site < section.bytes.size() ? section.bytes[function.site] : 0;
  if (Place place = displacedEntry(binary, function); place.section != 0)
    checked.displacedTo = binary.sections[place.section].address + place.offset;
  checked.fallsInto = function.fallsInto != FallsInto::No;
  checked.broken = brokenRules(binary, function, lists, options);
  return checked;
}

Error checkObject(ArrayRef<uint8_t> bytes, const std::string &name,
                  const CheckOptions &options, CheckedFile &result) {
  PatchLists lists;
  Expected<std::unique_ptr<ObjectFile>> object =
      readForCheck(bytes, name, lists);
  if (!object)
    return object.takeError();
  const Binary &binary = (*object)->binary;
  if (Error error = refuseLayout(options.layout, binary.arch))
    return errorIn(binary, toString(std::move(error)));
  Regex only(options.only), skip(options.skip);
  std::string why;
  if ((!options.only.empty() && !only.isValid(why)) ||
      (!options.skip.empty() && !skip.isValid(why)))
    return createStringError("regular expression: " + why);
  result.slots += lists.slots;
  llvm::append_range(result.slotRanges, lists.slotRanges);
  result.listed += listedEntries(lists);
  DenseMap<size_t, size_t> forwards = findForwards(binary, lists);
  std::vector<Sources> sources = findSources(binary);
  DenseSet<size_t> copies;
  for (const auto &[from, to] : forwards)
    copies.insert(to);
  for (size_t i = 0; i != binary.functions.size(); ++i) {
    const Function &function = binary.functions[i];
    if (copies.contains(i)) // counts as what leads to it
      continue;
    if ((!options.only.empty() && !only.match(function.name)) ||
        (!options.skip.empty() && skip.match(function.name)))
      continue;
    auto forward = forwards.find(i);
    if (function.mayBePart() && forward == forwards.end() &&
        !isListed(lists, function))
      continue;
    const Function &patched = forward != forwards.end()
                                  ? binary.functions[forward->second]
                                  : function;
    CheckedFunction checked = describe(binary, patched, lists, options);
    checked.file = name;
    checked.name = function.name;
    checked.knownFrom = sources[i];
    if (forward != forwards.end()) {
      for (unsigned bit = 0; bit != kSourceCount; ++bit)
        if (sources[forward->second].has(Source(bit)))
          checked.knownFrom.add(Source(bit));
      checked.forwardedFrom =
          binary.sections[function.section].address + function.entry;
    }
    result.functions.push_back(std::move(checked));
  }
  return Error::success();
}

} // namespace

Expected<std::unique_ptr<ObjectFile>> readAny(ArrayRef<uint8_t> bytes,
                                              std::string name) {
  return readFile(bytes, std::move(name),
                  recognise(bytes) == Content::Image ? Mode::Image
                                                     : Mode::Object);
}

Expected<CheckedFile> checkFile(ArrayRef<uint8_t> bytes, StringRef path,
                                const CheckOptions &options) {
  CheckedFile result;
  result.file = path.str();
  if (!archive::isArchive(bytes)) {
    if (Error error = checkObject(bytes, path.str(), options, result))
      return error;
    return result;
  }
  Expected<archive::Archive> archive = archive::readArchive(bytes, path);
  if (!archive)
    return archive.takeError();
  size_t count = archive->members.size();
  std::vector<CheckedFile> parts(count);
  std::vector<std::string> errors(count);
  parallelFor(0, count, [&](size_t i) {
    const archive::Member &member = archive->members[i];
    switch (recognise(member.data)) {
    case Content::Stub:
      return;
    case Content::Unknown:
      parts[i].passedOver = 1;
      return;
    case Content::Object:
    case Content::Image:
      break;
    }
    std::string name = (path + "(" + member.name + ")").str();
    if (Error error = checkObject(member.data, name, options, parts[i]))
      errors[i] = toString(std::move(error));
  });
  for (size_t i = 0; i != count; ++i) {
    if (!errors[i].empty())
      return createStringError(errors[i]);
    llvm::append_range(result.functions, std::move(parts[i].functions));
    result.slots += parts[i].slots;
    result.listed += parts[i].listed;
    result.passedOver += parts[i].passedOver;
  }
  return result;
}

} // namespace hotpad
