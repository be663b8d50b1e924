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
  for (unsigned i = 0; i != width; ++i)
    at[i] = static_cast<uint8_t>(uint64_t(value) >> (8 * i));
  return true;
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
  if (reference.isBranch && width == 1) {
    auto it = partition_point(grown, [&](const GrownBranch &branch) {
      return branch.offset + 1 < reference.offset;
    });
    if (it != grown.end() && it->offset + 1 == reference.offset) {
      newOffset = own.at(it->offset, Side::Byte).value + it->field;
      width = 4;
    }
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
    for (Relocation &relocation : moved.relocations) {
      if (own.isInsideReplaced(relocation.offset))
        return errorAt(binary, index, relocation.offset,
                       "relocation inside bytes that were replaced");
      relocation.offset = own.at(relocation.offset, Side::Byte).value;
    }
  }

  for (const Reference &reference : section.references) {
    if (map[reference.target.section].isIdentity() &&
        (reference.base.section == 0 ||
         map[reference.base.section].isIdentity()) &&
        own.isIdentity())
      continue;
    if (Error error =
            checkPlace(binary, index, reference, reference.target, map))
      return error;
    if (Error error = checkPlace(binary, index, reference, reference.base, map))
      return error;
    int64_t change = map.delta(reference.target);
    if (reference.base.section != 0)
      change -= map.delta(reference.base);
    if (reference.relocation == kNoRelocation) {
      if (Error error =
              moveField(binary, index, reference, change, map, grown, moved))
        return error;
      continue;
    }
    const Relocation &old = section.relocations[reference.relocation];
    if (reference.base.section != 0)
      change += own.delta(old.offset, Side::Byte);
    change -= symbolDelta(binary.symbols[old.symbol], map);
    if (change == 0)
      continue;
    needRelocations();
    moved.relocations[reference.relocation].addend += change;
  }
  return Error::success();
}

} // namespace hotpad
