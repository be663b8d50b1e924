//===- ReadRelocations.cpp ------------------------------------------------===//

#include "rewriter/elf/ReadRelocations.h"
#include "rewriter/elf/Relocs.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

std::string hex(uint64_t value) { return "0x" + utohexstr(value, true); }

class RelocationReader {
public:
  explicit RelocationReader(Object &object) : object(object) {}
  Error readAll();

private:
  Binary &binary() { return object.binary; }
  const Class &fileClass() const { return object.fileClass(); }
  Error fail(SectionIndex section, uint64_t offset, const Twine &message) {
    return errorAt(binary(), section, offset, message);
  }
  Error readTable(SectionIndex index);
  Error readOne(SectionIndex target, uint64_t size, const RelocationType &type,
                Relocation &relocation);
  Error checkFields(SectionIndex target);
  Error checkMarkers(SectionIndex index);

  Object &object;
};

/// The addend that stands in the field \p at. It is signed, but a small
/// absolute field can hold offsets in a section that only look negative.
int64_t readAddend(const uint8_t *at, const Relocation &relocation,
                   const Symbol &symbol) {
  switch (relocation.width) {
  case 0:
    return 0;
  case 4:
    return static_cast<int32_t>(support::endian::read32le(at));
  default:
    int64_t addend =
        relocation.width == 1
            ? int64_t(static_cast<int8_t>(*at))
            : int64_t(static_cast<int16_t>(support::endian::read16le(at)));
    bool isBefore = addend < 0 && symbol.section != 0 &&
                    symbol.offset < static_cast<uint64_t>(-addend);
    return isBefore && !relocation.pcRelative
               ? addend + (int64_t(1) << (8 * relocation.width))
               : addend;
  }
}

Error RelocationReader::readAll() {
  object.relocationsOf.assign(object.headers.size(), 0);
  for (SectionIndex i = 1; i < object.headers.size(); ++i) {
    uint32_t type = object.headers[i].sh_type;
    if (type == SHT_CREL)
      return fail(i, 0, "compact (CREL) relocations are not supported");
    if (type == fileClass().relocationType) {
      if (Error error = readTable(i))
        return error;
    } else if (type == SHT_RELA) {
      return fail(i, 0,
                  "relocations with addends (SHT_RELA), which i386 does not "
                  "have");
    } else if (type == SHT_REL) {
      if (Error error = checkMarkers(i))
        return error;
    }
  }
  return Error::success();
}

/// x86-64 has no relocations without addends, but LLVM marks the symbols of a
/// call graph profile with R_X86_64_NONE in such a table. They say nothing
/// about places, and stay as they are.
Error RelocationReader::checkMarkers(SectionIndex index) {
  Expected<size_t> count = object.countEntries(index, sizeof(Elf::Rel));
  if (!count)
    return count.takeError();
  ArrayRef<Elf::Rel> raws(
      reinterpret_cast<const Elf::Rel *>(binary().sections[index].bytes.data()),
      *count);
  for (const Elf::Rel &raw : raws)
    if (raw.getType(false) != R_X86_64_NONE)
      return fail(index, 0,
                  "relocations without addends (SHT_REL), which "
                  "x86-64 does not have");
  return Error::success();
}

Error RelocationReader::readTable(SectionIndex index) {
  const Elf::Shdr &header = object.headers[index];
  const size_t rawSize = fileClass().relocationSize;
  Expected<size_t> count = object.countEntries(index, rawSize);
  if (!count)
    return count.takeError();
  SectionIndex target = header.sh_info;
  if (target == 0 || target >= object.headers.size())
    return fail(index, 0,
                "applies to section " + Twine(target) + ", but there are " +
                    Twine(object.headers.size()));
  if (*count != 0 && header.sh_link != object.symbolTable)
    return fail(index, 0, "is not linked to the symbol table");
  if (object.relocationsOf[target] != 0)
    return fail(index, 0,
                "a second table of relocations for " +
                    binary().sections[target].name);
  object.relocationsOf[target] = index;

  Section &section = binary().sections[target];
  // Relocations of a compressed section mean its uncompressed contents.
  uint64_t size = section.size;
  if ((object.headers[target].sh_flags & SHF_COMPRESSED) &&
      section.bytes.size() >= fileClass().compressionHeaderSize) {
    size = fileClass().readUncompressedSize(section.bytes.data());
    if (binary().addendsInPlace && *count != 0 && !object.isDebug(target))
      return fail(target, 0,
                  "relocations have their addends in contents that are "
                  "compressed");
  }
  section.relocations.resize(*count);
  const uint8_t *raws = binary().sections[index].bytes.data();
  const RelocationType *type = nullptr;
  for (size_t i = 0; i != *count; ++i) {
    const Elf::Rela raw = fileClass().readRelocation(raws + i * rawSize);
    Relocation &relocation = section.relocations[i];
    relocation.offset = raw.r_offset;
    relocation.addend = raw.r_addend;
    relocation.type = raw.getType(false);
    relocation.symbol = raw.getSymbol(false);
    if (!type || type->type != relocation.type)
      type = findRelocation(binary().arch, relocation.type);
    if (!type)
      return fail(target, relocation.offset,
                  "unknown relocation type " + Twine(relocation.type));
    if (Error error = readOne(target, size, *type, relocation))
      return error;
  }
  return binary().addendsInPlace ? checkFields(target) : Error::success();
}

/// Two addends cannot stand in one place.
Error RelocationReader::checkFields(SectionIndex target) {
  std::vector<const Relocation *> sorted;
  for (const Relocation &relocation : binary().sections[target].relocations)
    if (relocation.width != 0)
      sorted.push_back(&relocation);
  llvm::stable_sort(sorted, [](const Relocation *a, const Relocation *b) {
    return a->offset < b->offset;
  });
  for (size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i]->offset - sorted[i - 1]->offset < sorted[i - 1]->width)
      return fail(target, sorted[i]->offset,
                  "relocation inside the field of another, at " +
                      hex(sorted[i - 1]->offset));
  return Error::success();
}

/// Checks \p relocation of section \p target, which has \p size bytes when it
/// is not compressed, and fills in what \p type says of it.
Error RelocationReader::readOne(SectionIndex target, uint64_t size,
                                const RelocationType &type,
                                Relocation &relocation) {
  const Section &section = binary().sections[target];
  relocation.width = type.width;
  relocation.pcRelative = type.pcRelative;
  relocation.namesPlace = type.namesPlace;
  relocation.wideType = type.wideType;
  if (relocation.symbol >= binary().symbols.size())
    return fail(target, relocation.offset,
                "relocation against symbol " + Twine(relocation.symbol) +
                    ", but there are " + Twine(binary().symbols.size()));
  if (relocation.offset > size || size - relocation.offset < relocation.width)
    return fail(target, relocation.offset,
                "relocation outside the section (" + hex(size) + " bytes)");
  if (section.noBits && relocation.width != 0)
    return fail(target, relocation.offset,
                "relocation in a section without contents");
  if (binary().addendsInPlace && relocation.width != 0 && size == section.size)
    relocation.addend =
        readAddend(section.bytes.data() + relocation.offset, relocation,
                   binary().symbols[relocation.symbol]);
  return Error::success();
}

} // namespace

Error readRelocations(Object &object) {
  return RelocationReader(object).readAll();
}

} // namespace hotpad::elf
