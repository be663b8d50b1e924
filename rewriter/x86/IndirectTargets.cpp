//===- IndirectTargets.cpp - code that only data or addresses lead to -----===//
//
// What control flow does not reach by itself: entries of jump tables, labels
// whose address is taken, and blocks whose address is computed.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "rewriter/x86/Padding.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include <set>

using namespace llvm;

namespace hotpad::x86 {

bool CodeWalker::isInterior(Place place) const {
  const Function *function = binary.functionAt(place.section, place.offset);
  if (function && place.offset == function->entry)
    return false;
  if (function && function->sized)
    return true;
  if (coldPartAt(place.section, place.offset))
    return true;
  return rangeAt(place) != nullptr;
}

const UnwindRange *CodeWalker::rangeAt(Place place) const {
  auto range = partition_point(ranges, [&](const UnwindRange *candidate) {
    return std::tie(candidate->section, candidate->begin) <=
           std::tie(place.section, place.offset);
  });
  if (range == ranges.begin())
    return nullptr;
  const UnwindRange *found = *std::prev(range);
  return found->section == place.section && place.offset < found->end ? found
                                                                      : nullptr;
}

/// A symbol, and a row of a table that is never taken, may also name padding:
/// the end of what stands before.
bool CodeWalker::namesPadding(Place place) const {
  const Section &section = binary.sections[place.section];
  uint64_t known = place.offset + 1;
  while (known < section.size && section.code.length(known) == 0 &&
         !section.code.label(known))
    ++known;
  return isPadding(binary.arch, section.bytes, place.offset, known);
}

/// Whether a row of a table that leads to \p place can be meant.
bool CodeWalker::mayBeCode(Place place) const {
  if (isInterior(place))
    return true;
  const Section &section = binary.sections[place.section];
  if (place.offset >= section.size)
    return false;
  // Outside of all functions, and not known, it has to read as code.
  const Function *function = binary.functionAt(place.section, place.offset);
  if (!function)
    return section.code.length(place.offset) != 0 ||
           (!namesPadding(place) && looksLikeCode(place, true));
  return !isPadding(binary.arch, section.bytes, place.offset, function->end);
}

bool CodeWalker::followTables() {
  bool any = false;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (section.executable || section.noBits || section.relocations.empty())
      continue;
    std::vector<TableReading> fresh = readTables(binary, i, tableStarts);
    for (const TableReading &reading : fresh) {
      if (handled[i][reading.relocation])
        continue;
      const Place &target = reading.target;
      const Section &code = binary.sections[target.section];
      if ((reading.isCertain() && isInterior(target)) ||
          (reading.inTable && mayBeCode(target))) {
        if (target.offset < code.size)
          any |= follow(target);
      }
    }
    readings[i] = std::move(fresh);
  }
  drain();
  return any;
}

bool CodeWalker::hasIndirectJump(const Function &function) const {
  const CodeMap &code = binary.sections[function.section].code;
  for (uint64_t at = function.entry; at < function.end; ++at)
    if (code.length(at) != 0 && code.flow(at) == Flow::IndirectJump)
      return true;
  return false;
}

bool CodeWalker::followAddressTakenLabels() {
  // A label inside a function whose address is taken, by code or data, is code
  // when something in the function can jump there; so are the places in a table
  // that stands in the code section itself.
  std::vector<TakenAddress> taken = addressTaken, unknown;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    for (size_t r = 0; r != section.relocations.size(); ++r) {
      const Relocation &relocation = section.relocations[r];
      const Symbol &symbol = binary.symbols[relocation.symbol];
      if (handled[i][r] || symbol.section == 0 || !relocation.namesPlace ||
          relocation.pcRelative || !binary.sections[symbol.section].executable)
        continue;
      TakenAddress address = {
          {symbol.offset + static_cast<uint64_t>(relocation.addend),
           symbol.section, Side::Label},
          {relocation.offset, i, Side::Label}};
      // Neither known code nor a table: maybe the operand of code to come,
      // which will say whether it reads there.
      bool isUnknown = section.executable && !isInCode(address.source) &&
                       !isTableField(i, relocation);
      (isUnknown ? unknown : taken).push_back(address);
    }
  }
  bool any = followTaken(taken) || followTaken(unknown);
  // The others are looked at again when more of their functions is known.
  llvm::erase_if(addressTaken, [&](const TakenAddress &address) {
    const Place &place = address.target;
    const Function *function = binary.functionAt(place.section, place.offset);
    bool isKnown =
        binary.sections[place.section].code.length(place.offset) != 0;
    return isKnown && !(function && function->entry == place.offset &&
                        !function->hasLabelValues);
  });
  return any;
}

/// Whether fields as wide stand before or behind the field.
bool CodeWalker::isTableField(SectionIndex index,
                              const Relocation &relocation) const {
  unsigned width = relocation.width;
  return accessed.contains({index, relocation.offset}) ||
         relocationAt(index, relocation.offset + width, 1) != kNoRelocation ||
         (relocation.offset >= width &&
          relocationAt(index, relocation.offset - width, 1) != kNoRelocation);
}

bool CodeWalker::followTaken(ArrayRef<TakenAddress> taken) {
  bool any = false;
  for (const TakenAddress &address : taken) {
    const Place &place = address.target;
    bool byCode = isInCode(address.source);
    if (accessed.contains({place.section, place.offset})) {
      if (byCode)
        distrustInlineTable(place);
      continue;
    }
    auto *function =
        const_cast<Function *>(binary.functionAt(place.section, place.offset));
    bool interior = isInterior(place);
    const Function *owner =
        binary.functionAt(address.source.section, address.source.offset);
    // A function that jumps may measure from its own entry as well.
    if (byCode && function &&
        (interior || (owner == function && hasIndirectJump(*function)))) {
      function->hasLabelValues = true;
      labelValues.insert({place.section, place.offset});
    }
    const CodeMap &code = binary.sections[place.section].code;
    if (place.offset >= code.size() || code.length(place.offset) != 0)
      continue;
    if (byCode && owner && owner->section == place.section &&
        addInlineTable(place, *owner)) {
      any = true;
      continue;
    }
    // A catch block, a function of its own, returns where its parent goes on.
    const UnwindRange *range = rangeAt(place);
    bool isContinuation =
        byCode && owner != function && range && range->hasCatchBlocks;
    // In a cold part there is nothing but code; the jump is in its parent.
    if (!interior ||
        (function && !hasIndirectJump(*function) && !isContinuation))
      continue;
    any |= follow(place);
  }
  return any;
}

/// Whether an instruction covers \p place, a field of it as a rule.
bool CodeWalker::isInCode(Place place) const {
  const CodeMap &code = binary.sections[place.section].code;
  return code.length(place.offset) != 0 ||
         splitsInstruction(code, place.offset);
}

/// Queues a place for decoding, once. False when that is no news.
bool CodeWalker::follow(Place place) {
  // No relocation changes an opcode: an address that begins here is data.
  if (accessed.contains({place.section, place.offset}) ||
      relocationAt(place.section, place.offset, 1) != kNoRelocation ||
      binary.sections[place.section].code.length(place.offset) != 0 ||
      !followed.insert({place.section, place.offset}).second)
    return false;
  work.push_back({place.section, place.offset});
  return true;
}

/// Whether a function begins inside the bytes [begin, end), but not at `begin`.
bool CodeWalker::coversEntry(SectionIndex index, uint64_t begin,
                             uint64_t end) const {
  ArrayRef<Function> functions = binary.functionsOf(index);
  auto next = partition_point(functions, [&](const Function &function) {
    return function.entry <= begin;
  });
  return next != functions.end() && next->entry < end;
}

/// Whether everything that control flow reaches from \p place decodes, ends,
/// and stays in this section on instructions: code, as far as bytes can tell.
/// Text before a function reads as code that runs into it or its pad, which
/// local code that nothing but an address leads to does not do: \p mayRunOn.
bool CodeWalker::looksLikeCode(Place place, bool mayRunOn) const {
  const Section &section = binary.sections[place.section];
  std::set<uint64_t> seen;
  std::vector<uint64_t> starts = {place.offset};
  while (!starts.empty()) {
    uint64_t at = starts.back();
    starts.pop_back();
    bool behindCall = true; // or behind a branch: MSVC ends both with int3
    while (section.code.length(at) == 0 && seen.insert(at).second) {
      Instruction instruction;
      if (at >= section.size || splitsInstruction(section.code, at) ||
          !decodeAt(place.section, at, instruction) || section.bytes[at] == 0 ||
          (!mayRunOn && !behindCall && section.bytes[at] == 0xCC) ||
          coversEntry(place.section, at, at + instruction.length))
        return false;
      behindCall = instruction.flow == Flow::Call;
      at += instruction.length;
      if (instruction.isRelative &&
          relocationAt(place.section,
                       at - instruction.length + instruction.fieldOffset,
                       instruction.fieldWidth) == kNoRelocation) {
        uint64_t target = at + static_cast<uint64_t>(instruction.field);
        if (target >= section.size)
          return false;
        starts.push_back(target);
      }
      if (instruction.flow == Flow::Jump || instruction.flow == Flow::Stop ||
          instruction.flow == Flow::IndirectJump)
        break;
      // A call at the end of code may never return.
      if (instruction.flow == Flow::Call && at >= section.size)
        break;
      const Function *function = binary.functionAt(place.section, at);
      if (!mayRunOn && instruction.flow != Flow::Call && function &&
          function->entry == at)
        return false;
    }
  }
  return true;
}

/// Code without size and unwinding information that nothing in this file calls:
/// functions of assembly that other files call, local ones whose symbols were
/// stripped and whose addresses stand in a table.
bool CodeWalker::followNamelessCode() {
  std::vector<Place> untyped, named;
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && symbol.type == SymbolType::None)
      (symbol.local ? named : untyped)
          .push_back({symbol.offset, symbol.section, Side::Label});
  for (const Section &section : binary.sections)
    for (const Relocation &relocation : section.relocations) {
      const Symbol &symbol = binary.symbols[relocation.symbol];
      if (symbol.section != 0 && relocation.namesPlace &&
          !relocation.pcRelative)
        named.push_back(
            {symbol.offset + static_cast<uint64_t>(relocation.addend),
             symbol.section, Side::Label});
    }
  bool any = false;
  auto isNews = [&](const Place &place, bool mayRunOn) {
    const Section &section = binary.sections[place.section];
    const Function *function = binary.functionAt(place.section, place.offset);
    if (!section.executable || place.offset >= section.size ||
        section.code.length(place.offset) != 0 ||
        accessed.contains({place.section, place.offset}) ||
        (function && function->sized))
      return false;
    return !namesPadding(place) && looksLikeCode(place, mayRunOn);
  };
  for (const Place &place : untyped)
    if (isNews(place, true)) {
      calls.push_back({place, {}}); // becomes a function
      any |= follow(place);
    }
  if (any) // what they reach is known before less is believed
    return true;
  for (const Place &place : named)
    if (isNews(place, false) && follow(place)) {
      any = true;
      drain();
    }
  return any;
}

/// Hand-written code may compute where it jumps: `lea blocks(%rip)`, plus 64 a
/// case. What nothing leads to in such a function is taken for code when all
/// of it decodes and all its branches lead to instructions or entries.
bool CodeWalker::followComputedJumps() {
  bool any = false;
  for (size_t f = 0; f != binary.functions.size(); ++f) {
    const Function &function = binary.functions[f];
    if (!function.hasLabelValues || !function.sized ||
        !hasIndirectJump(function))
      continue;
    const CodeMap &code = binary.sections[function.section].code;
    for (uint64_t at = function.entry; at < function.end;) {
      if (unsigned length = code.length(at)) {
        at += length;
        continue;
      }
      uint64_t begin = at;
      while (at < function.end && code.length(at) == 0)
        ++at;
      std::vector<uint64_t> starts = decodeAsCode(function.section, begin, at);
      bool isNew = false;
      for (uint64_t start : starts)
        isNew |= follow({start, function.section, Side::Label});
      // Where it jumps is a number: the distance from one of its labels.
      auto lowest = labelValues.lower_bound({function.section, function.entry});
      if (isNew && lowest != labelValues.end() &&
          lowest->first == function.section && lowest->second < function.end)
        binary.uncertain.push_back({function.section, lowest->second,
                                    function.end - 1,
                                    SkipReason::HiddenReference, true});
      any |= isNew;
    }
  }
  return any;
}

/// The instructions of [begin, end), or nothing when it may be data.
std::vector<uint64_t> CodeWalker::decodeAsCode(SectionIndex index,
                                               uint64_t begin, uint64_t end) {
  const Section &section = binary.sections[index];
  std::vector<uint64_t> starts;
  std::vector<uint64_t> targets;
  bool isAllPadding = true;
  for (uint64_t at = begin; at < end;) {
    Instruction instruction;
    if (!decode(binary.arch, section.bytes.take_front(end), at, instruction))
      return {};
    isAllPadding &= instruction.flow == Flow::Nop || section.bytes[at] == 0xCC;
    starts.push_back(at);
    if (instruction.isRelative &&
        relocationAt(index, at + instruction.fieldOffset,
                     instruction.fieldWidth) == kNoRelocation)
      targets.push_back(at + instruction.length +
                        static_cast<uint64_t>(instruction.field));
    at += instruction.length;
  }
  if (isAllPadding)
    return {};
  for (uint64_t target : targets) {
    const Function *at = binary.functionAt(index, target);
    bool isEntry = at && at->entry == target;
    if (!isEntry && section.code.length(target) == 0 &&
        !std::binary_search(starts.begin(), starts.end(), target))
      return {};
  }
  return starts;
}

} // namespace hotpad::x86
