//===- Encoding.cpp -------------------------------------------------------===//

#include "rewriter/metadata/Encoding.h"
#include "rewriter/core/Bytes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad::metadata {

unsigned encodedWidth(Arch arch, uint8_t encoding) {
  if ((encoding & 0x70) == DW_EH_PE_aligned)
    return 0;
  switch (encoding & 0x0F) {
  case DW_EH_PE_absptr:
    return pointerSize(arch);
  case DW_EH_PE_udata8:
  case DW_EH_PE_sdata8:
    return 8;
  case DW_EH_PE_udata4:
  case DW_EH_PE_sdata4:
    return 4;
  case DW_EH_PE_udata2:
  case DW_EH_PE_sdata2:
    return 2;
  default:
    return 0;
  }
}

RelocationIndex::RelocationIndex(const Section &section)
    : relocations(section.relocations) {
  auto byOffset = [&](uint32_t a, uint32_t b) {
    return relocations[a].offset < relocations[b].offset;
  };
  if (llvm::is_sorted(relocations,
                      [](const Relocation &a, const Relocation &b) {
                        return a.offset < b.offset;
                      }))
    return;
  order.resize(relocations.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, byOffset);
}

uint32_t RelocationIndex::find(uint64_t offset) const {
  auto indexAt = [&](size_t i) {
    return order.empty() ? static_cast<uint32_t>(i) : order[i];
  };
  size_t low = 0, high = relocations.size();
  while (low != high) {
    size_t middle = (low + high) / 2;
    if (relocations[indexAt(middle)].offset < offset)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low != relocations.size(); ++low) {
    uint32_t index = indexAt(low);
    if (relocations[index].offset != offset)
      break;
    if (relocations[index].width != 0)
      return index;
  }
  return kNoRelocation;
}

std::optional<Reference> readPointer(const Binary &binary, SectionIndex section,
                                     const RelocationIndex &relocations,
                                     uint64_t offset) {
  uint32_t index = relocations.find(offset);
  if (index == kNoRelocation)
    return std::nullopt;
  const Relocation &relocation = binary.sections[section].relocations[index];
  const Symbol &symbol = binary.symbols[relocation.symbol];
  if (symbol.section == 0 || !relocation.namesPlace)
    return std::nullopt;
  Reference reference;
  reference.offset = offset;
  reference.width = relocation.width;
  reference.relocation = index;
  reference.target = {symbol.offset + static_cast<uint64_t>(relocation.addend),
                      symbol.section, Side::Label};
  if (relocation.pcRelative)
    reference.base = {offset, section, Side::Byte};
  return reference;
}

/// The value of the field at \p offset, as libgcc's read_encoded_value reads it
/// (unwind-pe.h); nothing when the field holds none or measures from elsewhere.
static std::optional<uint64_t> readAddress(const Binary &binary,
                                           const Section &section,
                                           uint64_t offset, uint8_t encoding) {
  unsigned width = encodedWidth(binary.arch, encoding);
  if (width == 0 || section.noBits || offset > section.bytes.size() ||
      section.bytes.size() - offset < width)
    return std::nullopt;
  uint64_t value = readFixed(section.bytes.data() + offset, width);
  if (value == 0 || (encoding & DW_EH_PE_indirect))
    return std::nullopt;
  if (width < 8 && (encoding & DW_EH_PE_signed))
    value = static_cast<uint64_t>(SignExtend64(value, width * 8));
  switch (encoding & 0x70) {
  case DW_EH_PE_absptr:
    break;
  case DW_EH_PE_pcrel:
    value += section.address + offset;
    break;
  default:
    return std::nullopt;
  }
  return pointerSize(binary.arch) == 4 ? value & UINT32_MAX : value;
}

std::optional<Reference> readPointer(const Binary &binary, SectionIndex section,
                                     const RelocationIndex &relocations,
                                     uint64_t offset, uint8_t encoding) {
  if (binary.mode == Mode::Object)
    return readPointer(binary, section, relocations, offset);
  std::optional<uint64_t> address =
      readAddress(binary, binary.sections[section], offset, encoding);
  if (!address)
    return std::nullopt;
  Reference reference;
  reference.offset = offset;
  reference.width = static_cast<uint8_t>(encodedWidth(binary.arch, encoding));
  reference.target = binary.placeAt(*address);
  if (reference.target.section == 0)
    return std::nullopt;
  if ((encoding & 0x70) == DW_EH_PE_pcrel)
    reference.base = {offset, section, Side::Byte};
  return reference;
}

} // namespace hotpad::metadata
