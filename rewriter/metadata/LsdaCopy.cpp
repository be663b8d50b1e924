//===- LsdaCopy.cpp -------------------------------------------------------===//
//
// The format is that of Lsda.cpp. A copy has the call sites of the copied code,
// all actions, and the types: their pointers may be measured from themselves.
//
//===----------------------------------------------------------------------===//

#include "rewriter/metadata/LsdaCopy.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/core/Cursor.h"
#include "rewriter/metadata/LsdaReader.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad::metadata {

namespace {

bool isRelative(uint8_t encoding) {
  return (encoding & 0x70) == DW_EH_PE_pcrel;
}

/// What the numbers in an exception table lead to behind its call sites.
struct Actions {
  uint64_t end = 0; ///< One past the last action record.
  uint64_t types = 0;
  uint64_t specificationsEnd = 0; ///< Offset; 0: there are none.
};

/// Follows the chains of actions of all call sites. False: malformed.
bool readActions(const Section &section, const Lsda &lsda, Actions &actions) {
  actions.end = lsda.actions;
  uint64_t typesEnd =
      lsda.typesEnd.offset + lsda.typesEnd.size + lsda.typesEnd.value;
  std::vector<uint64_t> work;
  std::vector<uint64_t> seen;
  for (const CallSite &site : lsda.sites)
    if (site.action.value != 0)
      work.push_back(lsda.actions + site.action.value - 1);
  llvm::sort(work);
  work.erase(std::unique(work.begin(), work.end()), work.end());
  while (!work.empty()) {
    uint64_t at = work.back();
    work.pop_back();
    if (at < lsda.actions || is_contained(seen, at))
      continue;
    seen.push_back(at);
    Cursor cursor(section.bytes, at, section.size);
    int64_t filter = cursor.sleb();
    uint64_t link = cursor.offset();
    int64_t next = cursor.sleb();
    if (!cursor.ok() || seen.size() > section.size)
      return false;
    actions.end = std::max(actions.end, cursor.offset());
    if (next != 0)
      work.push_back(link + static_cast<uint64_t>(next));
    if (filter > 0)
      actions.types = std::max(actions.types, uint64_t(filter));
    if (filter < 0 && lsda.hasTypes) {
      Cursor list(section.bytes, typesEnd + static_cast<uint64_t>(-filter) - 1,
                  section.size);
      while (uint64_t type = list.uleb())
        actions.types = std::max(actions.types, type);
      if (!list.ok())
        return false;
      actions.specificationsEnd =
          std::max(actions.specificationsEnd, list.offset());
    }
  }
  return lsda.hasTypes || actions.types == 0;
}

} // namespace

bool copyLsda(const Binary &binary, const UnwindRange &range, uint64_t next,
              const CodeCopy &copy, uint64_t address, std::vector<uint8_t> *out,
              std::vector<uint64_t> *relocated) {
  const Section &section = binary.sections[range.lsda.section];
  RelocationIndex none(section);
  Lsda lsda;
  Actions actions;
  if (!readLsda(binary, range, next, none, lsda) || lsda.actions > next ||
      !readActions(section, lsda, actions))
    return false;
  unsigned typeWidth =
      lsda.hasTypes ? encodedWidth(binary.arch, lsda.typeEncoding) : 0;
  uint64_t typesEnd =
      lsda.typesEnd.offset + lsda.typesEnd.size + lsda.typesEnd.value;
  if (actions.types != 0 &&
      (typeWidth == 0 ||
       (binary.positionIndependent && !isRelative(lsda.typeEncoding) &&
        !canRelocate(binary)) ||
       typesEnd > section.size ||
       binary.isFilledIn(range.lsda.section, actions.end, typesEnd) ||
       actions.types > (typesEnd - actions.end) / typeWidth))
    return false;

  // Landing pads in the copy are counted from where the code of this table
  // begins, or when some are before it from the first; all others are where
  // they were.
  uint64_t begin = std::max(range.begin, copy.begin);
  uint64_t end = std::min(range.end, copy.end);
  bool padsInCopy = true, padsElsewhere = true;
  uint64_t firstPad = ~0ull;
  for (const CallSite &site : lsda.sites) {
    if (site.pad.value == 0)
      continue;
    uint64_t pad = lsda.landingPadBase.offset + site.pad.value;
    bool isInCopy = lsda.landingPadBase.section == copy.section &&
                    pad > copy.begin && pad < copy.end;
    padsInCopy &= isInCopy;
    padsElsewhere &= !isInCopy;
    firstPad = std::min(firstPad, pad);
  }
  bool padsStay = !binary.sections[lsda.landingPadBase.section].laidOutAnew;
  if (!padsInCopy && !(padsElsewhere && padsStay))
    return false;
  if (!out)
    return true;

  uint64_t tableBegin = out->size();
  uint64_t start = copy.addressOf(begin, Side::Label);
  uint64_t base = start;
  if (!padsInCopy)
    base = binary.sections[lsda.landingPadBase.section].address +
           lsda.landingPadBase.offset;
  else if (firstPad <= begin) // a pad at the base would mean none
    base = copy.addressOf(firstPad, Side::Label) - 1;
  if (base == start) {
    out->push_back(DW_EH_PE_omit);
  } else {
    bool wide = binary.arch == Arch::X86_64;
    out->push_back(DW_EH_PE_pcrel | (wide ? DW_EH_PE_sdata8 : DW_EH_PE_sdata4));
    appendFixed(*out, base - (address + (out->size() - tableBegin)),
                wide ? 8 : 4);
  }

  std::vector<uint8_t> sites;
  for (const CallSite &site : lsda.sites) {
    uint64_t from = range.begin + site.start.value;
    uint64_t to = from + site.length.value;
    if (to <= begin || from >= end)
      continue;
    from = copy.addressOf(std::max(from, begin), Side::Label);
    to = copy.addressOf(std::min(to, end), Side::End);
    appendUleb(sites, from - start);
    appendUleb(sites, to - from);
    uint64_t pad = site.pad.value;
    if (pad != 0 && padsInCopy)
      pad =
          copy.addressOf(lsda.landingPadBase.offset + pad, Side::Label) - base;
    appendUleb(sites, pad);
    appendUleb(sites, site.action.value);
  }
  std::vector<uint8_t> tail = {DW_EH_PE_uleb128};
  appendUleb(tail, sites.size());
  appendBytes(tail, sites);
  appendBytes(tail,
              section.bytes.slice(lsda.actions, actions.end - lsda.actions));
  uint64_t typeBytes = actions.types * typeWidth;
  if (!lsda.hasTypes) {
    out->push_back(DW_EH_PE_omit);
    appendBytes(*out, tail);
    return true;
  }
  // The offset of the types' end is itself as long as its value needs; what
  // aligns the types makes up for it.
  out->push_back(lsda.typeEncoding);
  uint64_t head = address + (out->size() - tableBegin);
  for (unsigned width = 1;; ++width) {
    uint64_t types = alignTo(head + width + tail.size(), 4);
    uint64_t distance = types + typeBytes - (head + width);
    if (getULEB128Size(distance) > width)
      continue;
    uint8_t buffer[16];
    unsigned size = encodeULEB128(distance, buffer, width);
    out->insert(out->end(), buffer, buffer + size);
    appendBytes(*out, tail);
    out->resize(tableBegin + (types - address), 0);
    break;
  }
  for (uint64_t i = actions.types; i != 0; --i) {
    uint64_t old = typesEnd - i * typeWidth;
    uint64_t value = readFixed(section.bytes.data() + old, typeWidth);
    if (value != 0 && isRelative(lsda.typeEncoding))
      value += section.address + old - (address + (out->size() - tableBegin));
    else if (value != 0 && binary.positionIndependent && relocated)
      relocated->push_back(address + (out->size() - tableBegin));
    appendFixed(*out, value, typeWidth);
  }
  if (actions.specificationsEnd > typesEnd)
    appendBytes(*out, section.bytes.slice(typesEnd, actions.specificationsEnd -
                                                        typesEnd));
  return true;
}

} // namespace hotpad::metadata
