//===- LsdaReader.cpp -----------------------------------------------------===//

#include "rewriter/metadata/LsdaReader.h"
#include "rewriter/core/Cursor.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad::metadata {

static Field readLeb(Cursor &cursor) {
  Field field;
  field.offset = cursor.offset();
  field.value = cursor.uleb();
  field.size = cursor.offset() - field.offset;
  return field;
}

static Field readValue(Arch arch, Cursor &cursor, uint8_t encoding) {
  if (encoding == DW_EH_PE_uleb128)
    return readLeb(cursor);
  Field field;
  field.offset = cursor.offset();
  field.value = cursor.fixed(encodedWidth(arch, encoding));
  field.size = cursor.offset() - field.offset;
  return field;
}

/// Whether all up to \p end is what aligns the table there.
static bool isAlignment(const Section &section, uint64_t begin, uint64_t end) {
  return end - begin < 4 && all_of(
                                section.bytes.slice(begin, end - begin),
                                [](uint8_t byte) { return byte == 0; });
}

bool readLsda(const Binary &binary, const UnwindRange &range, uint64_t next,
              const RelocationIndex &relocations, Lsda &lsda) {
  const Section &section = binary.sections[range.lsda.section];
  Cursor cursor(section.bytes, range.lsda.offset, section.size);
  lsda.function =
      lsda.landingPadBase = {range.begin, range.section, Side::Label};
  uint8_t padEncoding = cursor.byte();
  if (padEncoding != DW_EH_PE_omit) {
    unsigned width = encodedWidth(binary.arch, padEncoding);
    std::optional<Reference> base = readPointer(
        binary, range.lsda.section, relocations, cursor.offset(), padEncoding);
    cursor.skip(width);
    if (!base || width == 0)
      return false;
    lsda.landingPadBase = base->target;
    lsda.hasOwnBase = true;
  }
  lsda.typeEncoding = cursor.byte();
  lsda.hasTypes = lsda.typeEncoding != DW_EH_PE_omit;
  if (lsda.hasTypes)
    lsda.typesEnd = readLeb(cursor);
  lsda.encoding = cursor.byte();
  if (lsda.encoding != DW_EH_PE_uleb128 && lsda.encoding != DW_EH_PE_udata4)
    return false;
  lsda.sitesLength = readLeb(cursor);
  lsda.actions = cursor.offset() + lsda.sitesLength.value;
  if (!cursor.ok() || lsda.actions < cursor.offset() ||
      lsda.actions > section.size || cursor.offset() > next)
    return false;
  bool isShared = lsda.actions > next;
  uint64_t end = isShared ? next : lsda.actions;
  uint64_t covered = range.end - range.begin;
  const Section &padCode = binary.sections[lsda.landingPadBase.section];
  while (cursor.offset() < end) {
    if (isShared && isAlignment(section, cursor.offset(), end))
      return true;
    CallSite site;
    site.start = readValue(binary.arch, cursor, lsda.encoding);
    site.length = readValue(binary.arch, cursor, lsda.encoding);
    site.pad = readValue(binary.arch, cursor, lsda.encoding);
    site.action = readLeb(cursor);
    if (!cursor.ok() || site.start.value > covered ||
        site.length.value > covered - site.start.value ||
        site.pad.value > padCode.size - lsda.landingPadBase.offset)
      return false;
    lsda.sites.push_back(site);
  }
  return cursor.offset() == end;
}

} // namespace hotpad::metadata
