//===- Lsda.cpp -----------------------------------------------------------===//
//
// The language-specific data area of gcc's and clang's personalities, one for
// each function that has something to do when an exception passes:
//
//     LPStart encoding, [LPStart] | type encoding, [offset of the types' end]
//     | call-site encoding, length | call sites | actions | (align) types
//
// A call site says: calls in [start, start + length), counted from the start
// of the FDE's range, go to landing pad `pad`, counted from LPStart (default:
// the same start; 0 means none). They are ULEB128 as a rule, so a distance
// that grows from 127 to 128 makes the table longer. Then the length of the
// call sites gets continuation bytes (legal LEB128, and what compilers do too)
// until the whole grew by a multiple of 4: everything behind keeps its
// alignment, and the offset of the types' end is corrected.
//
// clang's -fbasic-block-sections splits a function into parts with a table each
// and one list of actions and types for all. The length of a part's call sites
// then leads over the tables behind it, to that list:
//
//     head, call sites (align) | head, call sites (align) | actions | types
//     '----------------------- length of the first ------'
//
// Source: LSB Core's ".gcc_except_table" says nothing; gcc's unwind-pe.h and
// eh_personality.cc decide.
//
//===----------------------------------------------------------------------===//

#include "rewriter/metadata/Lsda.h"
#include "rewriter/metadata/LsdaReader.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/LEB128.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad::metadata {

namespace {

Place at(Place base, uint64_t distance, Side side) {
  return {base.offset + distance, base.section, side};
}

Reference fixedReference(const Field &field, Place target, Place base) {
  Reference reference;
  reference.offset = field.offset;
  reference.width = static_cast<uint8_t>(field.size);
  reference.target = target;
  reference.base = base;
  reference.isUnsigned = true;
  return reference;
}

/// Calls \p visit for each table of the section, with the range it serves.
Error forEachTable(const Binary &binary, SectionIndex index,
                   function_ref<Error(size_t, const Lsda &, bool)> visit) {
  RelocationIndex relocations(binary.sections[index]);
  ArrayRef<UnwindRange> ranges = binary.unwindOfLsda(index);
  for (size_t i = 0; i != ranges.size(); ++i) {
    const UnwindRange &range = ranges[i];
    if (i != 0 && ranges[i - 1].lsda.offset == range.lsda.offset) {
      if (ranges[i - 1].section == range.section &&
          ranges[i - 1].begin == range.begin)
        continue;
      if (binary.mode == Mode::Object)
        return errorAt(binary, index, range.lsda.offset,
                       "one exception table serves two functions");
    }
    auto next = find_if(ranges.drop_front(i), [&](const UnwindRange &other) {
      return other.lsda.offset != range.lsda.offset;
    });
    Lsda lsda;
    bool parsed = readLsda(binary, range,
                           next != ranges.end() ? next->lsda.offset : ~0ull,
                           relocations, lsda);
    if (Error error = visit(i, lsda, parsed))
      return error;
  }
  return Error::success();
}

SmallVector<uint8_t, 8> encodeLeb(uint64_t value, unsigned padTo) {
  uint8_t buffer[16];
  unsigned size = encodeULEB128(value, buffer, padTo);
  return SmallVector<uint8_t, 8>(buffer, buffer + size);
}

} // namespace

Error readLsda(Binary &binary, SectionIndex index) {
  std::vector<Reference> references;
  std::vector<size_t> unknown;
  Error error = forEachTable(
      binary, index, [&](size_t which, const Lsda &lsda, bool parsed) -> Error {
        if (!parsed) {
          unknown.push_back(which);
          return Error::success();
        }
        for (const CallSite &site : lsda.sites) {
          Place pad = at(lsda.landingPadBase, site.pad.value, Side::Label);
          if (site.pad.value != 0)
            binary.landingPads.push_back(pad);
          if (lsda.encoding == DW_EH_PE_uleb128)
            continue;
          Place start = at(lsda.function, site.start.value, Side::Label);
          references.push_back(
              fixedReference(site.start, start, lsda.function));
          references.push_back(fixedReference(
              site.length,
              at(lsda.function, site.start.value + site.length.value,
                 Side::End),
              start));
          if (site.pad.value != 0)
            references.push_back(
                fixedReference(site.pad, pad, lsda.landingPadBase));
        }
        return Error::success();
      });
  if (error)
    return error;
  for (size_t which : unknown) {
    UnwindRange &range = binary.unwindOfLsda(index)[which];
    range.lsdaUnknown = true;
    // Data for a handler counts from its function alone.
    if (range.info.section != 0)
      binary.rigid.push_back({range.section, range.begin, range.end});
  }
  if (binary.mode != Mode::Object) // is written anew there
    return Error::success();
  auto &all = binary.sections[index].references;
  all.insert(all.end(), references.begin(), references.end());
  return Error::success();
}

/// What the fields of one table become. \p behind is by how much the tables
/// between its call sites and its actions grow. Returns by how much it grows.
static int64_t planTable(const Lsda &lsda, int64_t behind, const MoveMap &map,
                         EditList &edits) {
  auto moved = [&](Place place) {
    return map[place.section].at(place.offset, place.side).value;
  };
  int64_t growth = 0; // of the call sites
  auto update = [&](const Field &field, uint64_t value) {
    if (value == field.value)
      return;
    // Never shorter than before.
    auto bytes = encodeLeb(value, static_cast<unsigned>(field.size));
    growth += static_cast<int64_t>(bytes.size() - field.size);
    edits.replace(field.offset, field.size, bytes);
  };
  if (lsda.encoding == DW_EH_PE_uleb128)
    for (const CallSite &site : lsda.sites) {
      uint64_t start = moved(at(lsda.function, site.start.value, Side::Label));
      uint64_t end = moved(
          at(lsda.function, site.start.value + site.length.value, Side::End));
      update(site.start, start - moved(lsda.function));
      update(site.length, end > start ? end - start : 0);
      if (site.pad.value != 0)
        update(site.pad,
               moved(at(lsda.landingPadBase, site.pad.value, Side::Label)) -
                   moved(lsda.landingPadBase));
    }
  if (growth == 0 && behind == 0)
    return 0;

  // The types' end is counted from behind its own field, so only what grows
  // after that field changes it.
  uint64_t newLength = lsda.sitesLength.value + growth + behind;
  for (unsigned width = static_cast<unsigned>(lsda.sitesLength.size);;
       ++width) {
    auto length = encodeLeb(newLength, width);
    int64_t own =
        growth + static_cast<int64_t>(length.size() - lsda.sitesLength.size);
    auto types = encodeLeb(lsda.typesEnd.value + own + behind,
                           static_cast<unsigned>(lsda.typesEnd.size));
    int64_t total =
        own + (lsda.hasTypes
                   ? static_cast<int64_t>(types.size() - lsda.typesEnd.size)
                   : 0);
    if (total % 4 != 0)
      continue;
    edits.replace(lsda.sitesLength.offset, lsda.sitesLength.size, length);
    if (lsda.hasTypes)
      edits.replace(lsda.typesEnd.offset, lsda.typesEnd.size, types);
    return total;
  }
}

Error planLsda(const Binary &binary, SectionIndex index, const MoveMap &map,
               EditList &edits) {
  std::vector<std::pair<uint64_t, Lsda>> tables; // by where they begin
  Error error = forEachTable(
      binary, index, [&](size_t which, const Lsda &lsda, bool parsed) -> Error {
        if (parsed)
          tables.emplace_back(binary.unwindOfLsda(index)[which].lsda.offset,
                              lsda);
        return Error::success();
      });
  if (error)
    return error;
  // From the last to the first: a length may count tables behind its own.
  std::vector<int64_t> grown(tables.size(), 0);
  for (size_t i = tables.size(); i-- != 0;) {
    int64_t behind = 0;
    for (size_t j = i + 1;
         j != tables.size() && tables[j].first < tables[i].second.actions; ++j)
      behind += grown[j];
    grown[i] = planTable(tables[i].second, behind, map, edits);
  }
  return Error::success();
}

} // namespace hotpad::metadata
