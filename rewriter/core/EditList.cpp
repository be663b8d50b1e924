//===- EditList.cpp -------------------------------------------------------===//

#include "rewriter/core/EditList.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include <algorithm>
#include <tuple>

namespace hotpad {

static Edit makeEdit(uint64_t offset, uint64_t oldSize, EditKind kind,
                     llvm::ArrayRef<uint8_t> bytes) {
  Edit edit;
  edit.offset = offset;
  edit.oldSize = oldSize;
  edit.kind = kind;
  edit.bytes.assign(bytes.begin(), bytes.end());
  return edit;
}

void EditList::insertBeforeLabel(uint64_t offset,
                                 llvm::ArrayRef<uint8_t> bytes) {
  if (!bytes.empty())
    edits.push_back(makeEdit(offset, 0, EditKind::BeforeLabel, bytes));
}

void EditList::insertAfterLabel(uint64_t offset,
                                llvm::ArrayRef<uint8_t> bytes) {
  if (!bytes.empty())
    edits.push_back(makeEdit(offset, 0, EditKind::AfterLabel, bytes));
}

void EditList::replace(uint64_t offset, uint64_t oldSize,
                       llvm::ArrayRef<uint8_t> bytes) {
  if (oldSize != 0)
    edits.push_back(makeEdit(offset, oldSize, EditKind::Replace, bytes));
}

llvm::Expected<OffsetMap> EditList::freeze(uint64_t oldSize) {
  if (edits.empty())
    return OffsetMap();
  // Stable: several insertions of one kind at one offset keep their order.
  llvm::stable_sort(edits, [](const Edit &a, const Edit &b) {
    return std::tie(a.offset, a.kind) < std::tie(b.offset, b.kind);
  });

  std::vector<OffsetMap::Run> runs;
  runs.reserve(edits.size() + 1);
  if (edits.front().offset != 0)
    runs.push_back({});
  uint64_t oldDone = 0; // old bytes before this are placed
  uint64_t newDone = 0; // and end here
  for (size_t i = 0; i != edits.size();) {
    uint64_t offset = edits[i].offset;
    if (offset < oldDone || offset > oldSize)
      return llvm::createStringError(
          "edit at 0x" + llvm::utohexstr(offset, true) +
          (offset > oldSize ? " is past the end of the section"
                            : " overlaps the edit before it"));
    newDone += offset - oldDone;
    oldDone = offset;

    OffsetMap::Run run;
    run.old = offset;
    run.end = {newDone};
    for (; i != edits.size() && edits[i].offset == offset &&
           edits[i].kind == EditKind::BeforeLabel;
         ++i)
      newDone += edits[i].bytes.size();
    run.label = {newDone};
    for (; i != edits.size() && edits[i].offset == offset &&
           edits[i].kind == EditKind::AfterLabel;
         ++i)
      newDone += edits[i].bytes.size();
    run.byte = {newDone};
    if (i != edits.size() && edits[i].offset == offset) {
      const Edit &edit = edits[i++];
      if (edit.oldSize > oldSize - offset)
        return llvm::createStringError("edit at 0x" +
                                       llvm::utohexstr(offset, true) +
                                       " runs past the end of the section");
      run.replaced = true;
      run.newSize = edit.bytes.size();
      runs.push_back(run);
      oldDone = offset + edit.oldSize;
      newDone += edit.bytes.size();
      bool nextStartsHere = i != edits.size() && edits[i].offset == oldDone;
      if (i != edits.size() && edits[i].offset < oldDone)
        continue; // reported at the top of the loop
      if (!nextStartsHere) {
        OffsetMap::Run after;
        after.old = oldDone;
        after.end = after.label = after.byte = {newDone};
        runs.push_back(after);
      }
      continue;
    }
    runs.push_back(run);
  }
  return OffsetMap(std::move(runs));
}

} // namespace hotpad
