//===- MoveReferences.cpp -------------------------------------------------===//
//
// For a field without relocation the value changes by
//
//     delta(target) - delta(base)
//
// A relocation's value is computed by the linker from where the field and the
// symbol end up, so only the rest goes into the addend:
//
//     pc-relative:  delta(target) - delta(base) + delta(field) - delta(symbol)
//     absolute:     delta(target) - delta(symbol)
//
//===----------------------------------------------------------------------===//

#include "rewriter/core/MoveReferences.h"
#include "rewriter/core/Bytes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace hotpad {

int64_t symbolDelta(const Symbol &symbol, const MoveMap &map) {
  if (symbol.section == 0 || symbol.type == SymbolType::Section)
    return 0;
  return map[symbol.section].delta(symbol.offset, Side::Label);
}

static int64_t readField(const uint8_t *at, unsigned width, bool isUnsigned) {
  switch (width) {
  case 1:
    return isUnsigned ? int64_t(*at) : int64_t(int8_t(*at));
  case 2: {
    uint16_t value = support::endian::read16le(at);
    return isUnsigned ? int64_t(value) : int64_t(int16_t(value));
  }
  case 4: {
    uint32_t value = support::endian::read32le(at);
    return isUnsigned ? int64_t(value) : int64_t(int32_t(value));
  }
  default:
    return static_cast<int64_t>(support::endian::read64le(at));
  }
}

static bool writeField(uint8_t *at, unsigned width, bool isUnsigned,
                       int64_t value) {
  if (width < 8 && (isUnsigned ? !isUIntN(width * 8, uint64_t(value))
                               : !isIntN(width * 8, value)))
    return false;
  writeFixed(at, uint64_t(value), width);
  return true;
}

/// Formats that keep addends in the field: writes those that changed.
static Error writeAddends(const Binary &binary, SectionIndex index,
                          MovedSection &moved) {
  const Section &section = binary.sections[index];
  if (!binary.addendsInPlace || !moved.relocationsChanged)
    return Error::success();
  for (size_t i = 0; i != section.relocations.size(); ++i) {
    const Relocation &before = section.relocations[i];
    const Relocation &after = moved.relocations[i];
    if (before.addend == after.addend && before.width == after.width)
      continue;
    if (!moved.bytesChanged) {
      moved.bytesChanged = true;
      moved.bytes = section.bytes.vec();
    }
    int64_t value = after.addend + after.fieldBias;
    bool fits = after.width == 8 || isIntN(8 * after.width, value) ||
                isUIntN(8 * after.width, static_cast<uint64_t>(value));
    if (!fits || !writeField(moved.bytes.data() + after.offset, after.width,
                             value >= 0, value))
      return errorAt(binary, index, before.offset,
                     "the new addend " + Twine(value) + " does not fit " +
                         Twine(unsigned(after.width)) + " bytes");
  }
  return Error::success();
}

static Error checkPlace(const Binary &binary, SectionIndex section,
                        const Reference &reference, Place place,
                        const MoveMap &map) {
  if (place.section != 0 && place.side != Side::End &&
      map[place.section].isInsideReplaced(place.offset))
    return errorAt(binary, section, reference.offset,
                   "refers to " + binary.sections[place.section].name + "+0x" +
                       utohexstr(place.offset, true) +
                       ", inside bytes that were replaced");
  return Error::success();
}

/// The branch of \p grown whose displacement \p reference was, or null.
static const GrownBranch *findGrown(const Reference &reference,
                                    ArrayRef<GrownBranch> grown) {
  if (!reference.isBranch || reference.width != 1)
    return nullptr;
  auto it = partition_point(grown, [&](const GrownBranch &branch) {
    return branch.offset + 1 < reference.offset;
  });
  return it != grown.end() && it->offset + 1 == reference.offset ? &*it
                                                                 : nullptr;
}

static Error moveField(const Binary &binary, SectionIndex index,
                       const Reference &reference, int64_t change,
                       const MoveMap &map, ArrayRef<GrownBranch> grown,
                       MovedSection &moved) {
  const Section &section = binary.sections[index];
  const OffsetMap &own = map[index];
  uint8_t width = reference.width;
  uint64_t newOffset = own.at(reference.offset, Side::Byte).value;
  int64_t value = readField(section.bytes.data() + reference.offset, width,
                            reference.isUnsigned);
  if (const GrownBranch *branch = findGrown(reference, grown)) {
    newOffset = own.at(branch->offset, Side::Byte).value + branch->field;
    width = 4;
  }
  if (change == 0 && width == reference.width)
    return Error::success();
  if (!moved.bytesChanged) {
    moved.bytesChanged = true;
    moved.bytes = section.bytes.vec();
  }
  if (!writeField(moved.bytes.data() + newOffset, width, reference.isUnsigned,
                  value + change))
    return errorAt(binary, index, reference.offset,
                   "the new value " + Twine(value + change) + " does not fit " +
                       Twine(unsigned(width)) + " bytes");
  return Error::success();
}

/// A relocated field of 1 or 2 bytes whose value is known here already (both
/// ends in this section) must hold the new one.
static Error checkRange(const Binary &binary, SectionIndex index,
                        const Reference &reference, const Relocation &old,
                        int64_t change) {
  if (old.width >= 4 || old.width == 0 || change == 0 ||
      reference.base.section != index || reference.target.section != index)
    return Error::success();
  int64_t value =
      static_cast<int64_t>(reference.target.offset - reference.base.offset) +
      change;
  if (isIntN(8 * old.width, value) || reference.isBranch)
    return Error::success();
  return errorAt(binary, index, reference.offset,
                 "the new value " + Twine(value) + " does not fit " +
                     Twine(unsigned(old.width)) + " bytes");
}

Error moveReferences(const Binary &binary, SectionIndex index,
                     const MoveMap &map, ArrayRef<GrownBranch> grown,
                     MovedSection &moved) {
  const Section &section = binary.sections[index];
  const OffsetMap &own = map[index];
  auto needRelocations = [&] {
    if (!moved.relocationsChanged) {
      moved.relocationsChanged = true;
      moved.relocations = section.relocations;
    }
  };

  if (!own.isIdentity() && !section.relocations.empty()) {
    needRelocations();
    for (Relocation &relocation : moved.relocations)
      relocation.offset = own.at(relocation.offset, Side::Byte).value;
  }
  std::vector<bool> grew(section.relocations.size(), false);

  for (const Reference &reference : section.references) {
    if (map.staysPut(reference.target.section) &&
        (reference.base.section == 0 || map.staysPut(reference.base.section)) &&
        own.isIdentity())
      continue;
    if (Error error =
            checkPlace(binary, index, reference, reference.target, map))
      return error;
    if (Error error = checkPlace(binary, index, reference, reference.base, map))
      return error;
    int64_t change = map.delta(reference.target) + reference.retarget;
    if (reference.base.section != 0)
      change -= map.delta(reference.base);
    if (reference.relocation == kNoRelocation) {
      change += map.shift(reference.target.section) -
                map.shift(reference.base.section);
      if (Error error =
              moveField(binary, index, reference, change, map, grown, moved))
        return error;
      continue;
    }
    const Relocation &old = section.relocations[reference.relocation];
    int64_t fieldDelta = own.delta(old.offset, Side::Byte);
    if (const GrownBranch *branch = findGrown(reference, grown)) {
      grew[reference.relocation] = true;
      needRelocations();
      Relocation &relocation = moved.relocations[reference.relocation];
      relocation.offset =
          own.at(branch->offset, Side::Byte).value + branch->field;
      relocation.type = old.wideType;
      relocation.width = 4;
      fieldDelta = static_cast<int64_t>(relocation.offset - old.offset);
    }
    if (Error error = checkRange(binary, index, reference, old, change))
      return error;
    if (reference.base.section != 0)
      change += fieldDelta;
    change -= symbolDelta(binary.symbols[old.symbol], map);
    if (change == 0)
      continue;
    needRelocations();
    int64_t &addend = moved.relocations[reference.relocation].addend;
    addend = static_cast<int64_t>(static_cast<uint64_t>(addend) +
                                  static_cast<uint64_t>(change));
  }
  for (size_t i = 0; i != section.relocations.size(); ++i)
    if (!grew[i] && section.relocations[i].width != 0 &&
        own.isInsideReplaced(section.relocations[i].offset))
      return errorAt(binary, index, section.relocations[i].offset,
                     "relocation inside bytes that were replaced");
  return writeAddends(binary, index, moved);
}

} // namespace hotpad
