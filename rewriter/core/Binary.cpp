//===- Binary.cpp ---------------------------------------------------------===//

#include "rewriter/core/Binary.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include <tuple>

namespace hotpad {

llvm::ArrayRef<Function> Binary::functionsOf(SectionIndex section) const {
  auto first = llvm::partition_point(
      functions, [&](const Function &f) { return f.section < section; });
  auto last =
      std::partition_point(first, functions.end(), [&](const Function &f) {
        return f.section == section;
      });
  return llvm::ArrayRef(functions).slice(first - functions.begin(),
                                         last - first);
}

void Binary::sortLoaded() {
  loaded.clear();
  for (SectionIndex i = 1; i < sections.size(); ++i)
    if (sections[i].alloc && sections[i].size != 0)
      loaded.push_back(i);
  // Thread-local sections without contents take no room: another one may begin
  // at the same address, and comes last.
  llvm::stable_sort(loaded, [&](SectionIndex a, SectionIndex b) {
    return std::tuple(sections[a].address, !sections[a].noBits) <
           std::tuple(sections[b].address, !sections[b].noBits);
  });
}

Place Binary::placeAt(uint64_t address) const {
  auto next = llvm::partition_point(
      loaded, [&](SectionIndex i) { return sections[i].address <= address; });
  if (next == loaded.begin())
    return {};
  SectionIndex found = *std::prev(next);
  uint64_t offset = address - sections[found].address;
  if (offset >= sections[found].size)
    return {};
  return {offset, found, Side::Label};
}

llvm::MutableArrayRef<UnwindRange> Binary::unwindOfLsda(SectionIndex section) {
  auto first = llvm::partition_point(unwind, [&](const UnwindRange &range) {
    return range.lsda.section < section;
  });
  auto last =
      std::partition_point(first, unwind.end(), [&](const UnwindRange &range) {
        return range.lsda.section == section;
      });
  return {unwind.data() + (first - unwind.begin()),
          static_cast<size_t>(last - first)};
}

void Binary::sortUnwind() {
  auto key = [](const UnwindRange &range) {
    return std::tuple(range.lsda.section, range.lsda.offset, range.section,
                      range.begin, range.end);
  };
  llvm::sort(unwind, [&](const UnwindRange &a, const UnwindRange &b) {
    return key(a) < key(b);
  });
}

void Binary::sortFunctions() {
  auto isBefore = [](const Function &a, const Function &b) {
    return std::tie(a.section, a.entry) < std::tie(b.section, b.entry);
  };
  if (!llvm::is_sorted(functions, isBefore))
    llvm::stable_sort(functions, isBefore);
  uint64_t reach = 0;
  for (size_t i = 0; i != functions.size(); ++i) {
    if (i == 0 || functions[i].section != functions[i - 1].section)
      reach = 0;
    functions[i].reach = reach = std::max(reach, functions[i].end);
  }
  indexFunctions();
}

/// Bytes that share a count of the functions before them.
static constexpr uint64_t kBlock = 256;

void Binary::indexFunctions() {
  functionsBefore.assign(sections.size(), {});
  functionsIndexed = functions.size();
  for (uint32_t i = 0; i != functions.size();) {
    SectionIndex index = functions[i].section;
    std::vector<uint32_t> &before = functionsBefore[index];
    before.resize(sections[index].bytes.size() / kBlock + 2);
    for (uint64_t block = 0; block != before.size(); ++block) {
      while (
          i != functions.size() && functions[i].section == index &&
          (functions[i].entry < block * kBlock || block + 1 == before.size()))
        ++i;
      before[block] = i;
    }
  }
}

size_t Binary::firstFunctionBehind(SectionIndex section,
                                   uint64_t offset) const {
  size_t begin = 0, end = functions.size();
  if (end == functionsIndexed && section < functionsBefore.size() &&
      offset / kBlock + 1 < functionsBefore[section].size()) {
    begin = functionsBefore[section][offset / kBlock];
    end = functionsBefore[section][offset / kBlock + 1];
  }
  auto isBefore = [&](const Function &f) {
    return f.section == section ? f.entry <= offset : f.section < section;
  };
  auto inBlock = llvm::ArrayRef(functions).slice(begin, end - begin);
  return begin + static_cast<size_t>(llvm::partition_point(inBlock, isBefore) -
                                     inBlock.begin());
}

const Function *Binary::functionAt(SectionIndex section,
                                   uint64_t offset) const {
  const Function *it = functions.data() + firstFunctionBehind(section, offset);
  while (it != functions.data()) {
    --it;
    if (it->section != section || it->reach <= offset)
      return nullptr;
    if (offset < it->end)
      return it;
  }
  return nullptr;
}

bool Binary::isFilledIn(SectionIndex section, uint64_t begin,
                        uint64_t end) const {
  auto first = llvm::partition_point(filledIn, [&](const Place &place) {
    return std::tie(place.section, place.offset) < std::tie(section, begin);
  });
  return first != filledIn.end() && first->section == section &&
         first->offset < end;
}

llvm::Error errorAt(const Binary &binary, SectionIndex section, uint64_t offset,
                    const llvm::Twine &message) {
  llvm::StringRef name =
      section < binary.sections.size() ? binary.sections[section].name : "";
  return llvm::createStringError(
      binary.name + ": " +
      (name.empty() ? "section " + llvm::Twine(section) : llvm::Twine(name)) +
      "+0x" + llvm::utohexstr(offset, true) + ": " + message);
}

llvm::Error errorIn(const Binary &binary, const llvm::Twine &message) {
  return llvm::createStringError(binary.name + ": " + message);
}

} // namespace hotpad
