//===- KeptRelocations.cpp - an image read as the object it was -----------===//
//
// With --emit-relocs a linker leaves its input's relocations in the image, one
// table for each section, next to the bytes that it computed from them. They
// say which fields hold addresses, and of what: an image that has them is an
// object whose sections have addresses.
//
// But linkers resolve some references in a way of their own: to a stub, by a
// GOT cell, by another instruction (`mov f@GOT(%rip)` becomes `lea f(%rip)` or
// `mov $f`), by no address at all (thread-local variables); and they keep the
// old relocation beside the new bytes, at the old place. So a relocation counts
// only when the bytes agree with it: the field is what its type makes of symbol
// and addend. For all others the code is decoded (an operand measured from the
// instruction needs no relocation to be understood), and where that cannot be
// done the image is refused.
//
// Format: psABI x86-64, "Relocation" and "Optimize GOTPCRELX Relocations".
//
//===----------------------------------------------------------------------===//

#include "rewriter/core/Bytes.h"
#include "rewriter/elf/LoadedPointers.h"
#include "rewriter/elf/Object.h"
#include "rewriter/elf/Relocs.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

/// Stubs of the linker's, which no relocation describes.
bool isLinkersCode(StringRef name) {
  return name == ".plt" || name.starts_with(".plt.") || name == ".iplt";
}

/// Unwinding tables are read and written by what they say themselves.
bool isUnwinding(StringRef name) {
  return name == ".eh_frame" || name.starts_with(".gcc_except_table");
}

class KeptReader {
public:
  explicit KeptReader(Object &object)
      : object(object), binary(object.binary), pointers(object) {}

  Error run() {
    if (binary.arch != Arch::X86_64)
      return fail("--image=relayout is for ELF x86-64");
    for (SectionIndex i = 1; i < binary.sections.size(); ++i)
      if (object.isDebug(i))
        return errorAt(binary, i, 0,
                       "has debug information, which --image=relayout does not "
                       "move: strip --strip-debug drops it");
    if (object.symbolTable == 0 ||
        object.headers[object.symbolTable].sh_type != SHT_SYMTAB)
      return fail("--image=relayout needs the symbol table, and it was "
                  "stripped");
    chooseSections();
    if (Error error = readTables())
      return error;
    if (Error error = checkLoader())
      return error;
    binary.mode = Mode::LinkedObject;
    // In a linked image every symbol that a relocation agrees with is bound.
    for (Symbol &symbol : binary.symbols)
      symbol.preemptible = false;
    binary.roots.clear();
    return Error::success();
  }

private:
  enum class Agreement : uint8_t {
    Agrees,
    NoAddress, ///< The field holds none that could move.
    Unknown,   ///< Its instruction has to be decoded.
  };

  Error fail(const Twine &message) { return errorIn(binary, message); }
  void chooseSections();
  Error readTables();
  Error readTable(SectionIndex table, SectionIndex target);
  Expected<Agreement> judge(SectionIndex target, Relocation &relocation);
  Agreement judgeCell(SectionIndex target, uint64_t value, uint64_t symbol,
                      Relocation &relocation);
  Error checkLoader();

  uint64_t addressOf(const Symbol &symbol) const {
    return symbol.section == 0
               ? symbol.offset
               : binary.sections[symbol.section].address + symbol.offset;
  }
  bool moves(uint64_t address) const {
    Place place = binary.placeAt(address);
    return place.section != 0 && binary.sections[place.section].laidOutAnew;
  }

  Object &object;
  Binary &binary;
  LoadedPointers pointers;
};

/// All code moves but the linker's own.
void KeptReader::chooseSections() {
  for (Section &section : binary.sections)
    section.laidOutAnew = section.executable && section.alloc &&
                          !section.noBits && section.size != 0 &&
                          !isLinkersCode(section.name);
}

Error KeptReader::readTables() {
  object.relocationsOf.assign(object.headers.size(), 0);
  object.kept.resize(object.headers.size());
  bool any = false;
  for (SectionIndex i = 1; i < object.headers.size(); ++i) {
    const Elf::Shdr &header = object.headers[i];
    // What the loader reads is loaded, and linked to the dynamic symbols.
    if (header.sh_type != SHT_RELA || (header.sh_flags & SHF_ALLOC))
      continue;
    SectionIndex target = header.sh_info;
    if (target == 0 || target >= object.headers.size())
      return errorAt(binary, i, 0,
                     "applies to section " + Twine(target) +
                         ", but there are " + Twine(object.headers.size()));
    if (header.sh_link != object.symbolTable)
      return errorAt(binary, i, 0, "is not linked to the symbol table");
    if (object.relocationsOf[target] != 0)
      return errorAt(binary, i, 0,
                     "a second table of relocations for " +
                         binary.sections[target].name);
    object.relocationsOf[target] = i;
    if (isUnwinding(binary.sections[target].name))
      continue;
    any |= binary.sections[target].alloc;
    if (Error error = readTable(i, target))
      return error;
  }
  if (!any)
    return fail("--image=relayout needs the relocations of the link, and there "
                "are none: link with --emit-relocs");
  return Error::success();
}

Error KeptReader::readTable(SectionIndex table, SectionIndex target) {
  Section &section = binary.sections[target];
  const Class &fileClass = object.fileClass();
  ArrayRef<uint8_t> raws = binary.sections[table].bytes;
  const size_t size = fileClass.relocationSize;
  if (object.headers[table].sh_entsize != size || raws.size() % size != 0)
    return errorAt(binary, table, 0,
                   "a table of " + Twine(raws.size()) +
                       " bytes with entries of " +
                       Twine(uint64_t(object.headers[table].sh_entsize)) +
                       " bytes; they must have " + Twine(size));
  KeptTable &kept = object.kept[target];
  for (uint32_t i = 0; i != raws.size() / size; ++i) {
    const Elf::Rela raw = fileClass.readRelocation(raws.data() + i * size);
    Relocation relocation;
    relocation.offset = raw.r_offset - section.address;
    relocation.addend = raw.r_addend;
    relocation.type = raw.getType(false);
    relocation.symbol = raw.getSymbol(false);
    const RelocationType *type = findRelocation(binary.arch, relocation.type);
    if (!type)
      return errorAt(binary, target, relocation.offset,
                     "unknown relocation type " + Twine(relocation.type));
    relocation.width = type->width;
    relocation.pcRelative = type->pcRelative;
    relocation.namesPlace = type->namesPlace;
    relocation.wideType = type->wideType;
    if (relocation.symbol >= binary.symbols.size())
      return errorAt(binary, target, relocation.offset,
                     "relocation against symbol " + Twine(relocation.symbol) +
                         ", but there are " + Twine(binary.symbols.size()));
    if (relocation.offset > section.size ||
        section.size - relocation.offset < relocation.width)
      return errorAt(binary, target, relocation.offset,
                     "relocation outside the section");
    if (relocation.width == 0)
      continue;
    kept.fields.push_back(relocation.offset);
    if (section.noBits)
      return errorAt(binary, target, relocation.offset,
                     "relocation in a section without contents");
    Expected<Agreement> agreement = judge(target, relocation);
    if (!agreement)
      return agreement.takeError();
    if (*agreement == Agreement::Agrees) {
      section.relocations.push_back(relocation);
      kept.rows.push_back(i);
      kept.agreed.push_back(relocation.offset);
    } else if (*agreement == Agreement::Unknown) {
      kept.unknown.push_back(relocation.offset);
    }
  }
  llvm::sort(kept.fields);
  llvm::sort(kept.agreed);
  return Error::success();
}

/// Whether the linker computed the field from what \p relocation says.
Expected<KeptReader::Agreement> KeptReader::judge(SectionIndex target,
                                                  Relocation &relocation) {
  const Section &section = binary.sections[target];
  const Symbol &symbol = binary.symbols[relocation.symbol];
  uint64_t field = section.address + relocation.offset;
  unsigned bits = 8 * relocation.width;
  uint64_t value =
      readFixed(section.bytes.data() + relocation.offset, relocation.width);
  if (relocation.width == 8 && section.alloc)
    value = pointers.valueAt(field).value_or(value);
  uint64_t symbolAddress = addressOf(symbol);
  uint64_t expected = symbolAddress + static_cast<uint64_t>(relocation.addend);
  if (relocation.pcRelative)
    expected -= field;
  bool isEqual = bits == 64
                     ? value == expected
                     : value == (expected & maskTrailingOnes<uint64_t>(bits));
  bool movesSymbol =
      symbol.section != 0 && binary.sections[symbol.section].laidOutAnew;

  if (!relocation.namesPlace) {
    if (relocation.pcRelative && relocation.width == 4)
      return judgeCell(target, value, symbolAddress, relocation);
    bool isSize = relocation.type == R_X86_64_SIZE32 ||
                  relocation.type == R_X86_64_SIZE64;
    if ((isSize && movesSymbol) ||
        (relocation.pcRelative && section.laidOutAnew))
      return errorAt(binary, target, relocation.offset,
                     "--image=relayout does not know relocation type " +
                         Twine(relocation.type));
    return Agreement::NoAddress;
  }
  if (relocation.type == R_X86_64_GOTOFF64 ||
      relocation.type == R_X86_64_PLTOFF64) {
    if (movesSymbol)
      return errorAt(binary, target, relocation.offset,
                     "--image=relayout does not know relocation type " +
                         Twine(relocation.type));
    return Agreement::NoAddress;
  }
  if (isEqual && symbol.section != 0)
    return Agreement::Agrees;
  if (relocation.pcRelative) {
    if (section.executable)
      return Agreement::Unknown;
    // In data: what leads to a stub stays as it is.
    uint64_t place = field + static_cast<uint64_t>(SignExtend64(value, bits)) -
                     static_cast<uint64_t>(relocation.addend);
    if (!moves(place))
      return Agreement::NoAddress;
  } else if (!moves(value) || pointers.hasSymbolAt(field)) {
    return Agreement::NoAddress;
  }
  return errorAt(binary, target, relocation.offset,
                 "the field leads to code, but not where its relocation says");
}

/// Relocations of what is reached by way of a GOT cell, which linkers relax.
KeptReader::Agreement KeptReader::judgeCell(SectionIndex target, uint64_t value,
                                            uint64_t symbol,
                                            Relocation &relocation) {
  const Section &section = binary.sections[target];
  bool isLoad = false;
  switch (relocation.type) {
  case R_X86_64_GOTPCREL:
  case R_X86_64_GOTPCRELX:
  case R_X86_64_REX_GOTPCRELX:
  case 43: // CODE_4_GOTPCRELX
  case 46: // CODE_5_GOTPCRELX
  case 49: // CODE_6_GOTPCRELX
    isLoad = binary.symbols[relocation.symbol].section != 0;
    break;
  default:
    break;
  }
  if (!isLoad)
    return Agreement::Unknown;
  uint64_t field = section.address + relocation.offset;
  uint32_t direct = static_cast<uint32_t>(
      symbol + static_cast<uint64_t>(relocation.addend) - field);
  if (value == direct) {
    relocation.type = R_X86_64_PC32;
    relocation.namesPlace = true;
    return Agreement::Agrees;
  }
  uint64_t cell = field + static_cast<uint64_t>(SignExtend64<32>(value)) -
                  static_cast<uint64_t>(relocation.addend);
  Place place = binary.placeAt(cell);
  bool isCell = place.section != 0 && binary.sections[place.section].writable;
  if (isCell || binary.positionIndependent || value != symbol)
    return Agreement::Unknown;
  relocation.type = R_X86_64_32S;
  relocation.addend = 0;
  relocation.pcRelative = false;
  relocation.namesPlace = true;
  return Agreement::Agrees;
}

/// What the loader fills in must be known to the tables, too.
Error KeptReader::checkLoader() {
  for (const LoadedPointer &pointer : pointers.all()) {
    Place place = binary.placeAt(pointer.place);
    if (place.section == 0)
      continue;
    const Section &section = binary.sections[place.section];
    if (section.laidOutAnew)
      return errorAt(binary, place.section, place.offset,
                     "the loader relocates the code (DT_TEXTREL), which "
                     "--image=relayout does not support");
    bool isKept =
        llvm::binary_search(object.kept[place.section].fields, place.offset);
    if (!pointer.isSymbol && moves(pointer.value) && !isKept &&
        !section.name.starts_with(".got"))
      return errorAt(binary, place.section, place.offset,
                     "a pointer to code that no kept relocation describes");
  }
  return Error::success();
}

} // namespace

Error Object::takeApart() { return KeptReader(*this).run(); }

} // namespace hotpad::elf
