//===- ListEntries.cpp ----------------------------------------------------===//

#include "passes/ListEntries.h"
#include "llvm/ADT/STLExtras.h"
#include <tuple>

using namespace llvm;

namespace hotpad {

std::vector<AddedSection> listEntries(const Binary &binary, const MoveMap &map,
                                      const Layout &layout,
                                      std::optional<uint64_t> slots,
                                      const PatchLists &existing) {
  ArrayRef<Place> listed = existing.entries;
  std::vector<AddedSection> added;
  uint64_t patchable = 0;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    AddedSection entries{AddedKind::EntryList, i, 0, {}, {}};
    AddedSection pointers{AddedKind::PatchableList, i, 0, {}, {}};
    for (const Function &function : binary.functionsOf(i)) {
      if (function.skip != SkipReason::None)
        continue;
      ++patchable;
      auto known = partition_point(listed, [&](const Place &place) {
        return std::tie(place.section, place.offset) <
               std::tie(i, function.entry);
      });
      if (known != listed.end() && known->section == i &&
          known->offset == function.entry)
        continue;
      NewOffset entry = map[i].at(function.entry, Side::Label);
      entries.places.push_back(entry);
      // With nothing before the entry compilers list the place behind endbr.
      pointers.places.push_back(layout.pad != 0
                                    ? NewOffset{entry.value - layout.pad}
                                    : map[i].at(function.site, Side::Label));
    }
    if (!entries.places.empty() && layout.listPatchable)
      added.push_back(std::move(pointers));
    if (!entries.places.empty())
      added.push_back(std::move(entries));
  }
  uint64_t wanted = slots.value_or(patchable);
  if (wanted > existing.slots && patchable != 0)
    added.push_back({AddedKind::Slots, 0, wanted - existing.slots, {}, {}});
  return added;
}

} // namespace hotpad
