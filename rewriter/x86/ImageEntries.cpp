//===- ImageEntries.cpp - functions of an image that no code leads to -----===//
//
// Without symbols and unwinding information, as in most 32-bit Windows images,
// calls show most functions. Others are known from the pointers to them alone:
// those that a table of virtual functions names. A pointer may lead to a label
// in a function as well, for a switch; so pointers count when all is known that
// calls and tables of cases show.
//
// In a rewritten image nothing leads to the old entry of a function that only
// direct calls knew: they lead to its copy now. The entry is a jump to there:
//
//     old:  f: jmp f' | cc..           g: ...; jmp f'   a tail call, the same
//
// The old body of g, once its own entry is found, shows that the second jump is
// inside g. So copies with one jump to them, in what is not known yet, come
// first; where several remain, the first is the entry.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "rewriter/x86/CopiesName.h"
#include "rewriter/x86/Functions.h"
#include "rewriter/x86/ReadsAsCode.h"
#include "rewriter/x86/UnknownCode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::x86 {

/// Whether a label in \p function may be where it jumps to. Not when it is but
/// a jump through an import.
bool CodeWalker::mayHaveUnknownCases(const Function &function) const {
  return indirectJumps
             .firstIn(function.section, function.site + 1, function.end)
             .has_value() &&
         !ownersOfTables.contains({function.section, function.entry});
}

void CodeWalker::noteCase(const ImageTable &table, Place place) {
  cases.insert(place.section, place.offset,
               binary.sections[place.section].bytes.size());
  if (const Function *owner =
          binary.functionAt(table.source.section, table.source.offset))
    ownersOfTables.insert({owner->section, owner->entry});
}

/// Pointers to what nothing else shows; with \p toScopes also to what tables of
/// scopes name, when all functions are known of which it may be a block.
/// Returns whether any was new.
bool CodeWalker::followPointers(bool toScopes) {
  std::vector<Place> fresh;
  for (const auto &[root, source] : binary.roots) {
    const Function *function = binary.functionAt(root.section, root.offset);
    if (source == Source::Pointer && function && !function->sized &&
        function->entry != root.offset &&
        !cases.firstIn(root.section, root.offset, root.offset + 1) &&
        !splitsInstruction(binary.sections[root.section].code, root.offset) &&
        !mayHaveUnknownCases(*function) &&
        (toScopes ? !scopes.isBlock(root) : !scopes.isNamed(root)))
      fresh.push_back(root);
  }
  if (!addPointedPlaces(binary, fresh))
    return false;
  reseedFunctions();
  return true;
}

/// The code of blocks that tables of scopes name. Returns whether any was new.
bool CodeWalker::followScopes() {
  for (const Place &place : scopes.named()) {
    const CodeMap &code = binary.sections[place.section].code;
    if (code.length(place.offset) != 0 ||
        splitsInstruction(code, place.offset) || !scopes.isBlock(place) ||
        !readsAsCode(binary, place))
      continue;
    markLabel(place);
    insertWayIn(place);
    work.push_back({place.section, place.offset});
  }
  return !work.empty();
}

/// Whether what only \p callers call is a part of the copy they are in: all
/// functions there are listed.
bool CodeWalker::isPartOfCopy(Place target, ArrayRef<Place> callers) const {
  const Function *copy = binary.functionAt(target.section, target.offset);
  return copy && binary.sections[target.section].name == kCopiesName &&
         all_of(callers, [&](const Place &caller) {
           return caller.section == target.section &&
                  caller.offset >= copy->entry && caller.offset < copy->end;
         });
}

/// What is called, without the blocks that only their own function calls. Those
/// wait: another caller may come, and what is around them turn out to be
/// several functions.
std::vector<Place> CodeWalker::takeCalls() {
  std::map<std::pair<SectionIndex, uint64_t>, std::vector<Place>> callers;
  for (const TakenAddress &call : calls)
    callers[{call.target.section, call.target.offset}].push_back(call.source);
  std::vector<TakenAddress> later;
  std::vector<Place> targets;
  for (const TakenAddress &call : calls) {
    const std::vector<Place> &sources =
        callers[{call.target.section, call.target.offset}];
    if (scopes.isCalledBlock(call.target, sources) ||
        isPartOfCopy(call.target, sources))
      later.push_back(call);
    else
      targets.push_back(call.target);
  }
  calls = std::move(later);
  return targets;
}

/// Where the function begins whose entry is the jump at \p jump, or leads to it
/// from behind.
static Place entryOf(const Binary &binary, Place jump) {
  constexpr uint64_t kJumpSize = 5, kEndbrSize = 4;
  ArrayRef<uint8_t> bytes = binary.sections[jump.section].bytes;
  uint64_t behind = jump.offset + kJumpSize;
  uint64_t site =
      isEndbr(binary.arch, bytes, behind) ? behind + kEndbrSize : behind;
  if (site + 2 <= bytes.size() && bytes[site] == 0xEB &&
      site + 2 + static_cast<uint64_t>(int64_t(int8_t(bytes[site + 1]))) ==
          jump.offset)
    jump.offset = behind;
  else if (jump.offset >= kEndbrSize &&
           isEndbr(binary.arch, bytes, jump.offset - kEndbrSize))
    jump.offset -= kEndbrSize;
  return jump;
}

/// Jumps to copies that no known function begins with, in bytes that nothing
/// leads to. Returns whether any was new.
bool CodeWalker::followForwards() {
  DenseMap<uint64_t, std::vector<Place>> jumps; // by address of the copy
  for (const Symbol &symbol : binary.symbols)
    if (symbol.source == Source::List && symbol.name.empty() &&
        binary.sections[symbol.section].name == kCopiesName &&
        !forwarded.contains({symbol.section, symbol.offset}))
      jumps[binary.sections[symbol.section].address + symbol.offset];
  if (jumps.empty())
    return false;
  forEachUnknownBranch(binary, [&](Place source, uint64_t target) {
    const Section &section = binary.sections[source.section];
    uint64_t address = section.address + target;
    if (pointerSize(binary.arch) == 4)
      address &= UINT32_MAX;
    auto copy = jumps.find(address);
    if (section.bytes[source.offset] == 0xE9 && copy != jumps.end() &&
        section.name != kCopiesName)
      copy->second.push_back(entryOf(binary, source));
  });
  std::vector<Place> only, first;
  for (const auto &[address, places] : jumps) {
    if (places.size() == 1)
      only.push_back(places.front());
    else if (!places.empty())
      first.push_back(places.front());
  }
  if (!addOldEntries(binary, only.empty() ? first : only))
    return false;
  reseedFunctions();
  return true;
}

} // namespace hotpad::x86
