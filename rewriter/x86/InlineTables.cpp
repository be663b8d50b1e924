//===- InlineTables.cpp - tables of distances that stand in the code -----===//

#include "rewriter/x86/CodeWalker.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::x86 {

/// Compilers put the tables of a function behind all of its code, one directly
/// behind the other. What takes the address of the second may be reached by way
/// of the first only, which is then read with nothing to end it. So the code
/// is read from front to back, up to the first table: the addresses it takes
/// behind that are where tables begin. If it is not all code, it says nothing.
void CodeWalker::markTablesBehind(const Function &owner) {
  std::vector<uint64_t> starts, targets, taken;
  uint64_t end = owner.end; // of the code
  for (uint64_t at = owner.entry; at < end;) {
    Instruction instruction;
    if (!decodeAt(owner.section, at, instruction))
      return;
    starts.push_back(at);
    uint64_t field = at + instruction.fieldOffset;
    at += instruction.length;
    if (at > end)
      return;
    if (instruction.fieldOffset == 0 ||
        relocationAt(owner.section, field, instruction.fieldWidth) !=
            kNoRelocation)
      continue;
    uint64_t target = at + static_cast<uint64_t>(instruction.field);
    if (instruction.isRelative)
      targets.push_back(target);
    else if (target >= at && target < owner.end) {
      taken.push_back(target);
      end = std::min(end, target);
    }
  }
  for (uint64_t target : targets)
    if (target >= owner.entry && target < owner.end &&
        !std::binary_search(starts.begin(), starts.end(), target))
      return;
  for (uint64_t place : taken)
    markLabel({place, owner.section, Side::Label});
}

bool CodeWalker::addInlineTable(Place start, const Function &owner) {
  if (inlineTables.contains({start.section, start.offset}))
    return false;
  if (tablesMarked.insert({owner.section, owner.entry}).second)
    markTablesBehind(owner);
  std::vector<Reference> entries =
      readInlineTable(binary, start, owner, hasIndirectJump(owner));
  if (entries.empty()) // so far: the owner's jump may be found later
    return false;
  inlineTables.insert({start.section, start.offset});
  for (const Reference &entry : entries) {
    accessed.insert({start.section, entry.offset});
    inlineRows[{start.section, entry.offset}] = start.offset;
    markLabel(entry.target);
    work.push_back({entry.target.section, entry.target.offset});
    // As short as that they have no room to grow, and may be numbers.
    if (entry.width < 4)
      binary.uncertain.push_back({start.section,
                                  std::min(start.offset, entry.target.offset),
                                  std::max(start.offset, entry.target.offset),
                                  SkipReason::HiddenReference, false});
    else
      binary.sections[start.section].references.push_back(entry);
  }
  return true;
}

/// Code takes the address of a row: another table may begin there, and the
/// rows were read with the wrong start.
void CodeWalker::distrustInlineTable(Place row) {
  auto known = inlineRows.find({row.section, row.offset});
  if (known == inlineRows.end() || known->second == row.offset)
    return;
  const Function *owner = binary.functionAt(row.section, row.offset);
  if (owner)
    binary.uncertain.push_back({row.section, owner->entry, owner->end - 1,
                                SkipReason::HiddenReference, true});
}

} // namespace hotpad::x86
