//===- Lists.cpp ----------------------------------------------------------===//

#include "rewriter/contract/Lists.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad {

bool isListed(const PatchLists &lists, const Function &function) {
  Place entry{function.entry, function.section, Side::Label};
  if (std::binary_search(lists.entries.begin(), lists.entries.end(), entry,
                         PatchLists::before))
    return true;
  // A patchable area begins in the padding, or behind endbr.
  Place first{function.gapBegin, function.section, Side::Label};
  auto at = llvm::lower_bound(lists.patchable, first, PatchLists::before);
  return at != lists.patchable.end() && at->section == function.section &&
         at->offset <= function.site;
}

bool slotsReach(const PatchLists &lists, const Binary &binary,
                const Function &function, std::optional<uint64_t> wanted) {
  if (lists.slots == 0 || lists.slots < wanted.value_or(listedEntries(lists)))
    return false;
  if (binary.mode == Mode::Object)
    return true; // the linker places both
  uint64_t pad = binary.sections[function.section].address + function.entry;
  constexpr uint64_t kReach = (1ull << 31) - 16;
  return all_of(lists.slotRanges, [&](const PatchLists::Range &range) {
    uint64_t low = std::min(range.begin, pad);
    uint64_t high = std::max(range.end, pad);
    return high - low < kReach;
  });
}

void addListedFunctions(const PatchLists &lists, Binary &binary) {
  DenseMap<std::pair<SectionIndex, uint64_t>, StringRef> names;
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && symbol.type == SymbolType::None)
      names.try_emplace({symbol.section, symbol.offset}, symbol.name);
  for (const Place &entry : lists.entries) {
    Symbol symbol;
    symbol.name = names.lookup({entry.section, entry.offset});
    symbol.section = entry.section;
    symbol.offset = entry.offset;
    symbol.type = SymbolType::Function;
    symbol.source = Source::List;
    binary.symbols.push_back(symbol);
  }
}

} // namespace hotpad
