//===- Matching.cpp -------------------------------------------------------===//

#include "patcher/live/Matching.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace hotpad::live {

Expected<std::vector<Wanted>>
chooseMatching(const LiveProcess &live, const std::string &option,
               const std::string &pattern, bool noStop, IdentityPatch &patch,
               std::vector<std::string> &warnings) {
  Regex regex(pattern == "all" ? ".*" : pattern);
  std::string why;
  if (!regex.isValid(why))
    return createStringError(option + pattern + ": " + why);
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
      warnings.push_back(function.where + ": is replaced already");
      continue;
    }
    if (Error error = refuse(*live.process, function, *state))
      return error;
    if (noStop && function.runsThroughPad) {
      warnings.push_back(wantsStop(function));
      continue;
    }
    if (Error error = patch.add(*live.process, function)) {
      warnings.push_back(toString(std::move(error)));
      continue;
    }
    wanted.push_back({&function, IdentityPatch::nameOf(function), {}, 0});
  }
  if (wanted.empty())
    return live.process->error("no hot-patchable function matches '" + pattern +
                               "'");
  return wanted;
}

} // namespace hotpad::live
