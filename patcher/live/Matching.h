//===- Matching.h - functions by their names --------------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LIVE_MATCHING_H
#define HOTPAD_PATCHER_LIVE_MATCHING_H

#include "patcher/detour/IdentityPatch.h"
#include "patcher/live/Replacement.h"

namespace hotpad::live {

/// Every hot-patchable function that runs its own code and whose name has a
/// match of \p pattern, a POSIX extended regular expression or `all`; adds them
/// to \p patch, and warns of those that cannot be done. Fails when nothing is
/// left.
/// \p option is where the user gave the pattern. With \p noStop those are left
/// out that are switched only while threads are stopped.
llvm::Expected<std::vector<Wanted>>
chooseMatching(const LiveProcess &live, const std::string &option,
               const std::string &pattern, bool noStop, IdentityPatch &patch,
               std::vector<std::string> &warnings);

} // namespace hotpad::live

#endif
