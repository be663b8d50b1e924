//===- Reader.cpp - ELF to Binary -----------------------------------------===//
//
// Steps, each one checked against the size of what it reads from:
// header -> section headers -> names -> contents -> symbols -> relocations ->
// groups. Formats: System V gABI chapters 4 (object files), "Sections" for
// the extended numbering of more than 65,279 sections.
//
//===----------------------------------------------------------------------===//

#include "rewriter/elf/Image.h"
#include "rewriter/elf/MadeSections.h"
#include "rewriter/elf/Names.h"
#include "rewriter/elf/Object.h"
#include "rewriter/elf/ReadRelocations.h"
#include "rewriter/elf/Roots.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <optional>

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

/// Pads keep the alignment of functions, so it bounds how much code can grow.
/// Real code is aligned to a page of 2 MB at most.
constexpr uint64_t kLargestAlignment = 1 << 26;

std::string hex(uint64_t value) { return "0x" + utohexstr(value, true); }

class Reader {
public:
  Reader(ArrayRef<uint8_t> file, std::string name) {
    object.file = file;
    object.binary.name = std::move(name);
  }

  Expected<Object> read(Mode mode) {
    object.binary.mode = mode;
    if (Error error = readHeader())
      return error;
    if (mode == Mode::Image)
      if (Error error = readSegments(object))
        return error;
    if (Error error = readSectionHeaders())
      return error;
    if (Error error = readNames())
      return error;
    if (Error error = checkOverlap())
      return error;
    if (mode == Mode::Image)
      binary().sortLoaded();
    if (Error error = readSymbols())
      return error;
    if (mode == Mode::Object) {
      if (Error error = readRelocations(object))
        return error;
      if (Error error = readGroups())
        return error;
    }
    if (mode == Mode::Image) {
      binary().positionIndependent = object.header.e_type == ET_DYN;
      findRoots(object);
    }
    object.namesAllFunctions = namesAllFunctions();
    return std::move(object);
  }

private:
  /// Dynamic symbols alone name only what is exported.
  bool namesAllFunctions() {
    return object.symbolTable != 0 &&
           object.headers[object.symbolTable].sh_type == SHT_SYMTAB &&
           any_of(binary().symbols, [&](const Symbol &symbol) {
             return symbol.section != 0 &&
                    symbol.type == SymbolType::Function &&
                    binary().sections[symbol.section].executable;
           });
  }
  Binary &binary() { return object.binary; }
  Error fail(const Twine &message) { return errorIn(binary(), message); }
  Error fail(SectionIndex section, uint64_t offset, const Twine &message) {
    return errorAt(binary(), section, offset, message);
  }

  const Class &fileClass() const { return object.fileClass(); }

  /// The zero-terminated string at \p offset of string table \p section.
  Expected<StringRef> string(SectionIndex section, uint64_t offset,
                             const Twine &what) {
    ArrayRef<uint8_t> bytes = binary().sections[section].bytes;
    if (bytes.empty() && offset == 0)
      return StringRef();
    if (offset >= bytes.size() || bytes.back() != 0)
      return fail(
          what + " has its name at 0x" + utohexstr(offset, true) +
          " of a string table of 0x" + utohexstr(bytes.size(), true) +
          " bytes" +
          (offset < bytes.size() ? " that does not end in a zero" : ""));
    return StringRef(reinterpret_cast<const char *>(bytes.data() + offset));
  }

  Error readHeader();
  Error readSectionHeaders();
  Error readWithoutHeaders();
  Error readSections();
  Error readNames();
  Error checkOverlap();
  SectionIndex sectionOfExport(SectionIndex section, const Elf::Sym &symbol);
  Error readSymbols();
  Error readGroups();

  Object object;
};

/// The processor that \p ident and \p machine name, when it is one of ours.
std::optional<Arch> findArch(const uint8_t *ident, uint16_t machine) {
  if (ident[EI_DATA] != ELFDATA2LSB)
    return std::nullopt;
  if (ident[EI_CLASS] == ELFCLASS64 && machine == EM_X86_64)
    return Arch::X86_64;
  if (ident[EI_CLASS] == ELFCLASS32 && machine == EM_386)
    return Arch::X86;
  return std::nullopt;
}

Error Reader::readHeader() {
  ArrayRef<uint8_t> file = object.file;
  auto tooShort = [&] {
    return fail("the file has " + Twine(file.size()) +
                " bytes, too few for an ELF header");
  };
  // Both classes begin alike.
  constexpr size_t kMachine = offsetof(Elf::Ehdr, e_machine);
  if (file.size() < kMachine + 2)
    return tooShort();
  uint16_t machine = support::endian::read16le(file.data() + kMachine);
  std::optional<Arch> arch = findArch(file.data(), machine);
  if (!arch)
    return fail("wrong architecture (ELF class " +
                Twine(unsigned(file[EI_CLASS])) + ", machine " +
                Twine(unsigned(machine)) +
                "): only x86-64 (class 2, machine 62) and i386 (class 1, "
                "machine 3) are supported");
  binary().arch = *arch;
  binary().addendsInPlace = fileClass().relocationType == SHT_REL;
  if (file.size() < fileClass().headerSize)
    return tooShort();
  object.header = fileClass().readHeader(file.data());
  const Elf::Ehdr &header = object.header;
  bool isObject = header.e_type == ET_REL;
  if (isObject != (binary().mode == Mode::Object))
    return fail("not a " +
                StringRef(isObject ? "linked image" : "relocatable object") +
                " (ELF type " + Twine(unsigned(header.e_type)) + ")");
  return Error::success();
}

Error Reader::readSectionHeaders() {
  const Elf::Ehdr &header = object.header;
  const size_t headerSize = fileClass().sectionHeaderSize;
  uint64_t tableOffset = header.e_shoff;
  uint64_t fileSize = object.file.size();
  if (tableOffset == 0) {
    object.binary.sections.resize(1);
    return binary().mode == Mode::Image ? readWithoutHeaders()
                                        : Error::success();
  }
  if (header.e_shentsize != headerSize)
    return fail("section headers of " + Twine(unsigned(header.e_shentsize)) +
                " bytes; they must have " + Twine(headerSize));
  if (tableOffset > fileSize || fileSize - tableOffset < headerSize)
    return fail("the section header table at " + hex(tableOffset) +
                " lies outside the file of " + hex(fileSize) + " bytes");
  const uint8_t *raws = object.file.data() + tableOffset;
  Elf::Shdr first = fileClass().readSectionHeader(raws);
  uint64_t count =
      header.e_shnum != 0 ? uint64_t(header.e_shnum) : uint64_t(first.sh_size);
  if (count > (fileSize - tableOffset) / headerSize)
    return fail("the section header table at " + hex(tableOffset) + " with " +
                Twine(count) + " entries runs past the end of the file (" +
                hex(fileSize) + ")");
  for (uint64_t i = 0; i != count; ++i)
    object.headers.push_back(
        fileClass().readSectionHeader(raws + i * headerSize));
  object.nameTable = header.e_shstrndx == SHN_XINDEX
                         ? uint32_t(first.sh_link)
                         : uint32_t(header.e_shstrndx);
  if (object.nameTable >= count)
    return fail("the section name table has index " + Twine(object.nameTable) +
                ", but there are " + Twine(count) + " sections");

  return readSections();
}

/// Of an image: from what the loader goes by.
Error Reader::readWithoutHeaders() {
  if (Error error = makeSections(object))
    return error;
  if (object.headers.empty())
    return Error::success();
  if (Error error = readSections())
    return error;
  Section &names = binary().sections[object.nameTable];
  names.bytes = object.madeNames;
  names.size = names.bytes.size();
  return Error::success();
}

Error Reader::readSections() {
  uint64_t fileSize = object.file.size();
  std::vector<Section> &sections = binary().sections;
  sections.resize(object.headers.size());
  for (SectionIndex i = 1; i < sections.size(); ++i) {
    const Elf::Shdr &raw = object.headers[i];
    Section &section = sections[i];
    section.address = raw.sh_addr;
    section.size = raw.sh_size;
    section.alignment = raw.sh_addralign ? uint64_t(raw.sh_addralign) : 1;
    section.alloc = raw.sh_flags & SHF_ALLOC;
    section.executable = raw.sh_flags & SHF_EXECINSTR;
    section.writable = raw.sh_flags & SHF_WRITE;
    section.noBits = raw.sh_type == SHT_NOBITS || raw.sh_type == SHT_NULL;
    section.isTable = raw.sh_type == SHT_SYMTAB || raw.sh_type == SHT_STRTAB ||
                      raw.sh_type == fileClass().relocationType ||
                      raw.sh_type == SHT_GROUP ||
                      raw.sh_type == SHT_SYMTAB_SHNDX;
    if (!isPowerOf2_64(section.alignment))
      return fail("section " + Twine(i) + " has alignment " +
                  hex(section.alignment) + ", which is no power of two");
    if (section.alignment > kLargestAlignment)
      return fail("section " + Twine(i) + " has alignment " +
                  hex(section.alignment) + ", more than " +
                  hex(kLargestAlignment));
    if (section.noBits)
      continue;
    uint64_t offset = raw.sh_offset;
    if (offset > fileSize || fileSize - offset < section.size)
      return fail("section " + Twine(i) + " [" + hex(offset) + ", " +
                  hex(offset + section.size) +
                  ") runs past the end of the file (" + hex(fileSize) + ")");
    section.bytes = object.file.slice(offset, section.size);
  }
  return Error::success();
}

Error Reader::readNames() {
  if (object.nameTable != 0 &&
      object.headers[object.nameTable].sh_type != SHT_STRTAB)
    return fail("the section name table, section " + Twine(object.nameTable) +
                ", is no string table");
  for (SectionIndex i = 1; i < binary().sections.size(); ++i) {
    Expected<StringRef> name = string(
        object.nameTable, object.headers[i].sh_name, "section " + Twine(i));
    if (!name)
      return name.takeError();
    binary().sections[i].name = *name;
    binary().sections[i].listsEntries = *name == kEntriesName;
  }
  return Error::success();
}

Error Reader::checkOverlap() {
  if (binary().mode == Mode::Image)
    return Error::success();
  struct Range {
    uint64_t begin, end;
    SectionIndex section; // 0: a header table
  };
  std::vector<Range> ranges;
  ranges.push_back({0, fileClass().headerSize, 0});
  if (!object.headers.empty()) {
    uint64_t begin = object.header.e_shoff;
    ranges.push_back(
        {begin, begin + object.headers.size() * fileClass().sectionHeaderSize,
         0});
  }
  for (SectionIndex i = 1; i < object.headers.size(); ++i)
    if (!binary().sections[i].bytes.empty())
      ranges.push_back({object.headers[i].sh_offset,
                        object.headers[i].sh_offset + object.headers[i].sh_size,
                        i});
  std::sort(ranges.begin(), ranges.end(),
            [](const Range &a, const Range &b) { return a.begin < b.begin; });
  auto describe = [&](const Range &range) {
    return range.section == 0
               ? std::string("a header table")
               : "section " + binary().sections[range.section].name.str();
  };
  for (size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].begin < ranges[i - 1].end)
      return fail(describe(ranges[i]) + " at " + hex(ranges[i].begin) +
                  " overlaps " + describe(ranges[i - 1]) + ", which ends at " +
                  hex(ranges[i - 1].end));
  return Error::success();
}

SymbolType symbolType(unsigned type) {
  switch (type) {
  case STT_NOTYPE:
    return SymbolType::None;
  case STT_FUNC:
    return SymbolType::Function;
  case STT_GNU_IFUNC:
    return SymbolType::Resolver;
  case STT_OBJECT:
  case STT_COMMON:
    return SymbolType::Data;
  case STT_SECTION:
    return SymbolType::Section;
  case STT_FILE:
    return SymbolType::File;
  case STT_TLS:
    return SymbolType::Tls;
  default:
    return SymbolType::Other;
  }
}

/// The loader goes by addresses, so when sections were dropped nobody changed
/// their numbers in dynamic symbols.
SectionIndex Reader::sectionOfExport(SectionIndex section,
                                     const Elf::Sym &symbol) {
  if (symbol.getType() == STT_TLS) // an offset, no address
    return section < object.headers.size() ? section : 0;
  if (section < object.headers.size() &&
      symbol.st_value - object.headers[section].sh_addr <=
          object.headers[section].sh_size)
    return section;
  return binary().placeAt(symbol.st_value).section;
}

Error Reader::readSymbols() {
  for (SectionIndex i = 1; i < object.headers.size(); ++i) {
    if (object.headers[i].sh_type == SHT_SYMTAB) {
      if (object.symbolTable != 0)
        return fail("sections " + Twine(object.symbolTable) + " and " +
                    Twine(i) + " are both symbol tables");
      object.symbolTable = i;
    }
    if (object.headers[i].sh_type == SHT_SYMTAB_SHNDX)
      object.symbolIndexTable = i;
  }
  // A stripped image still has its dynamic symbols.
  if (object.symbolTable == 0 && binary().mode == Mode::Image)
    for (SectionIndex i = 1; i < object.headers.size(); ++i)
      if (object.headers[i].sh_type == SHT_DYNSYM)
        object.symbolTable = i;
  binary().symbols.resize(1);
  SectionIndex index = object.symbolTable;
  if (index == 0)
    return Error::success();

  const size_t rawSize = fileClass().symbolSize;
  Expected<size_t> count = object.countEntries(index, rawSize);
  if (!count)
    return count.takeError();
  const uint8_t *raws = binary().sections[index].bytes.data();
  SectionIndex names = object.headers[index].sh_link;
  if (names >= object.headers.size())
    return fail("the symbol table's string table has index " + Twine(names) +
                ", but there are " + Twine(object.headers.size()) +
                " sections");
  if (*count != 0 && object.headers[index].sh_info > *count)
    return fail(index, 0,
                "the first global symbol is number " +
                    Twine(uint32_t(object.headers[index].sh_info)) + " of " +
                    Twine(*count));
  ArrayRef<uint8_t> indexBytes;
  if (object.symbolIndexTable != 0) {
    indexBytes = binary().sections[object.symbolIndexTable].bytes;
    if (indexBytes.size() / 4 < *count)
      return fail(object.symbolIndexTable, 0,
                  "has " + Twine(indexBytes.size() / 4) +
                      " section numbers for " + Twine(*count) + " symbols");
  }

  std::vector<Symbol> &symbols = binary().symbols;
  symbols.resize(std::max<size_t>(*count, 1));
  for (size_t i = 1; i < *count; ++i) {
    const Elf::Sym raw = fileClass().readSymbol(raws + i * rawSize);
    Symbol &symbol = symbols[i];
    Expected<StringRef> name = string(names, raw.st_name, "symbol " + Twine(i));
    if (!name)
      return name.takeError();
    symbol.name = *name;
    symbol.size = raw.st_size;
    symbol.type = symbolType(raw.getType());
    symbol.local = raw.getBinding() == STB_LOCAL;
    symbol.source = object.headers[index].sh_type == SHT_DYNSYM
                        ? Source::Export
                        : Source::Symbol;
    symbol.preemptible = !symbol.local && raw.getVisibility() == STV_DEFAULT;
    symbol.offset = raw.st_value;
    uint32_t section = raw.st_shndx;
    if (section == SHN_XINDEX && !indexBytes.empty())
      section = support::endian::read32le(indexBytes.data() + 4 * i);
    else if (section == SHN_XINDEX)
      return fail(index, i * rawSize,
                  "symbol '" + symbol.name +
                      "' has an extended section number, but there is no "
                      "table of them");
    else if (section >= SHN_LORESERVE)
      section = 0; // absolute, common, ...
    if (binary().mode == Mode::Image && section != 0 &&
        object.headers[index].sh_type == SHT_DYNSYM)
      section = sectionOfExport(section, raw);
    if (section >= object.headers.size())
      return fail(index, i * rawSize,
                  "symbol '" + symbol.name + "' is in section " +
                      Twine(section) + ", but there are " +
                      Twine(object.headers.size()));
    symbol.section = section;
    if (section == 0)
      continue;
    const Section &home = binary().sections[section];
    if (binary().mode == Mode::Image)
      symbol.offset -= home.address;
    if (home.executable && symbol.offset > home.size)
      return fail(section, symbol.offset,
                  "symbol '" + symbol.name + "' lies outside the section (" +
                      hex(home.size) + " bytes)");
    // A size that leads out of the section says nothing: it ends there.
    if (home.executable)
      symbol.size = std::min(symbol.size, home.size - symbol.offset);
    if (symbol.type == SymbolType::Section)
      symbol.name = home.name;
  }
  return Error::success();
}

Error Reader::readGroups() {
  object.groupOf.assign(object.headers.size(), 0);
  for (SectionIndex i = 1; i < object.headers.size(); ++i) {
    if (object.headers[i].sh_type != SHT_GROUP)
      continue;
    ArrayRef<uint8_t> bytes = binary().sections[i].bytes;
    if (bytes.size() < 4 || bytes.size() % 4 != 0)
      return fail(i, 0, "a section group of " + Twine(bytes.size()) + " bytes");
    for (size_t at = 4; at < bytes.size(); at += 4) {
      uint32_t member = support::endian::read32le(bytes.data() + at);
      if (member == 0 || member >= object.headers.size())
        return fail(i, at,
                    "group member " + Twine(member) + ", but there are " +
                        Twine(object.headers.size()) + " sections");
      if (object.groupOf[member] != 0)
        return fail(i, at, "section " + Twine(member) + " is in two groups");
      object.groupOf[member] = i;
    }
  }
  return Error::success();
}

} // namespace

Expected<size_t> Object::countEntries(SectionIndex table, size_t size) const {
  size_t bytes = binary.sections[table].bytes.size();
  if (headers[table].sh_entsize == size && bytes % size == 0)
    return bytes / size;
  return errorAt(binary, table, 0,
                 "a table of " + hex(bytes) + " bytes with entries of " +
                     Twine(uint64_t(headers[table].sh_entsize)) +
                     " bytes; they must have " + Twine(size));
}

Content recognise(ArrayRef<uint8_t> bytes) {
  if (!toStringRef(bytes).starts_with(StringRef(ElfMagic, 4)))
    return Content::Unknown;
  uint16_t type = bytes.size() < 18
                      ? uint16_t(ET_NONE)
                      : support::endian::read16le(bytes.data() + EI_NIDENT);
  return type == ET_EXEC || type == ET_DYN ? Content::Image : Content::Object;
}

Expected<std::unique_ptr<ObjectFile>> read(ArrayRef<uint8_t> file,
                                           std::string name, Mode mode) {
  Expected<Object> object = Reader(file, std::move(name)).read(mode);
  if (!object)
    return object.takeError();
  return std::make_unique<Object>(std::move(*object));
}

} // namespace hotpad::elf
