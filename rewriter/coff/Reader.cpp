//===- Reader.cpp - COFF to Binary ----------------------------------------===//
//
// Steps, each one checked against the size of what it reads from:
// header -> section headers -> symbols -> names -> relocations. The format is
// Microsoft's "PE Format"; of the big object (/bigobj), which that leaves out,
// winnt.h's ANON_OBJECT_HEADER_BIGOBJ decides.
//
// COFF has no sizes of functions. Where .pdata knows them, metadata/WinUnwind
// reads them from there.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/Names.h"
#include "rewriter/coff/Object.h"
#include "rewriter/coff/Relocs.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/COFF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace llvm;
using namespace llvm::COFF;
using namespace llvm::object;

namespace hotpad::coff {

COFFSymbolRef SymbolRecords::operator[](uint32_t index) const {
  const uint8_t *at = record(index);
  if (isBig)
    return COFFSymbolRef(reinterpret_cast<const coff_symbol32 *>(at));
  return COFFSymbolRef(reinterpret_cast<const coff_symbol16 *>(at));
}

const coff_aux_section_definition *
sectionDefinition(const SymbolRecords &symbols, uint32_t index) {
  COFFSymbolRef symbol = symbols[index];
  if (symbol.getStorageClass() != IMAGE_SYM_CLASS_STATIC ||
      symbol.getNumberOfAuxSymbols() == 0 || symbol.getValue() != 0 ||
      symbol.getType() != 0 || symbol.getSectionNumber() <= 0)
    return nullptr;
  return reinterpret_cast<const coff_aux_section_definition *>(
      symbols.record(index + 1));
}

namespace {

std::string hex(uint64_t value) { return "0x" + utohexstr(value, true); }

struct Machine {
  uint16_t number;
  const char *name;
  bool isSupported;
  Arch arch;
};

constexpr Machine kMachines[] = {
    {IMAGE_FILE_MACHINE_AMD64, "x86-64", true, Arch::X86_64},
    {IMAGE_FILE_MACHINE_I386, "x86", true, Arch::X86},
    {IMAGE_FILE_MACHINE_ARM64, "ARM64", false, {}},
    {IMAGE_FILE_MACHINE_ARM64EC, "ARM64EC", false, {}},
    {IMAGE_FILE_MACHINE_ARM64X, "ARM64X", false, {}},
    {IMAGE_FILE_MACHINE_ARMNT, "ARM", false, {}},
    {IMAGE_FILE_MACHINE_IA64, "Itanium", false, {}},
};

const Machine *findMachine(uint16_t number) {
  for (const Machine &machine : kMachines)
    if (machine.number == number)
      return &machine;
  return nullptr;
}

/// What follows 00 00 FF FF: version 0 is an import of a DLL, the rest has an
/// UUID.
bool isAnonymous(ArrayRef<uint8_t> bytes) {
  return bytes.size() >= 8 &&
         support::endian::read32le(bytes.data()) == 0xFFFF0000;
}

bool isBigObject(ArrayRef<uint8_t> bytes) {
  return bytes.size() >= sizeof(coff_bigobj_file_header) &&
         isAnonymous(bytes) &&
         memcmp(bytes.data() + offsetof(coff_bigobj_file_header, UUID),
                BigObjMagic, sizeof(BigObjMagic)) == 0;
}

class Reader {
public:
  Reader(ArrayRef<uint8_t> file, std::string name) {
    object.file = file;
    object.binary.name = std::move(name);
  }

  Expected<Object> read() {
    binary().format = Format::Coff;
    binary().addendsInPlace = true;
    if (Error error = readHeader())
      return error;
    if (Error error = readStrings())
      return error;
    if (Error error = readSections())
      return error;
    if (Error error = checkOverlap())
      return error;
    if (Error error = readSymbols())
      return error;
    for (SectionIndex i = 1; i < binary().sections.size(); ++i)
      if (Error error = readRelocations(i))
        return error;
    object.namesAllFunctions = true;
    return std::move(object);
  }

private:
  Binary &binary() { return object.binary; }
  Error fail(const Twine &message) { return errorIn(binary(), message); }
  Error fail(SectionIndex section, uint64_t offset, const Twine &message) {
    return errorAt(binary(), section, offset, message);
  }
  /// [offset, offset + size) of the file, or an error.
  Expected<ArrayRef<uint8_t>> slice(uint64_t offset, uint64_t size,
                                    const Twine &what) {
    if (offset > object.file.size() || object.file.size() - offset < size)
      return fail(what + " [" + hex(offset) + ", " + hex(offset + size) +
                  ") runs past the end of the file (" +
                  hex(object.file.size()) + ")");
    return object.file.slice(offset, size);
  }

  Error readHeader();
  Error readStrings();
  Error readSections();
  Expected<StringRef> sectionName(const coff_section &raw, SectionIndex i);
  Error checkOverlap();
  Error readSymbols();
  Error readSymbol(uint32_t index);
  Expected<StringRef> symbolName(COFFSymbolRef raw, uint32_t index);
  Error readRelocations(SectionIndex index);
  Expected<ArrayRef<uint8_t>> relocationTable(SectionIndex index);

  Object object;
  uint32_t sectionCount = 0, symbolCount = 0;
};

Error Reader::readHeader() {
  uint16_t machine;
  object.isBig = isBigObject(object.file);
  if (object.isBig) {
    auto *header =
        reinterpret_cast<const coff_bigobj_file_header *>(object.file.data());
    machine = header->Machine;
    sectionCount = header->NumberOfSections;
    symbolCount = header->NumberOfSymbols;
    object.symbolsAt = header->PointerToSymbolTable;
    object.headersAt = sizeof(*header);
  } else if (isAnonymous(object.file)) {
    return fail("an object of the compiler's own, not of machine code: "
                "compile without link-time code generation (/GL)");
  } else {
    if (object.file.size() < sizeof(coff_file_header))
      return fail("the file has " + Twine(object.file.size()) +
                  " bytes, too few for a COFF header");
    auto *header =
        reinterpret_cast<const coff_file_header *>(object.file.data());
    machine = header->Machine;
    sectionCount = header->NumberOfSections;
    symbolCount = header->NumberOfSymbols;
    object.symbolsAt = header->PointerToSymbolTable;
    object.headersAt = sizeof(*header) + header->SizeOfOptionalHeader;
  }
  const Machine *known = findMachine(machine);
  if (!known || !known->isSupported)
    return fail("wrong architecture (" +
                (known ? std::string(known->name) : hex(machine)) +
                "): only x86-64 and x86 are supported");
  binary().arch = known->arch;
  return Error::success();
}

Error Reader::readStrings() {
  if (object.symbolsAt == 0) {
    symbolCount = 0;
    return Error::success();
  }
  unsigned recordSize = SymbolRecords({}, object.isBig).recordSize();
  uint64_t size = uint64_t(symbolCount) * recordSize;
  Expected<ArrayRef<uint8_t>> records =
      slice(object.symbolsAt, size, "the symbol table");
  if (!records)
    return records.takeError();
  object.symbols = SymbolRecords(*records, object.isBig);
  uint64_t stringsAt = object.symbolsAt + size;
  if (stringsAt == object.file.size())
    return Error::success(); // some producers leave an empty table out
  Expected<ArrayRef<uint8_t>> length =
      slice(stringsAt, 4, "the size of the string table");
  if (!length)
    return length.takeError();
  // A size below 4 is what some producers write for an empty table.
  uint64_t stringsSize =
      std::max(4u, support::endian::read32le(length->data()));
  Expected<ArrayRef<uint8_t>> strings =
      slice(stringsAt, stringsSize, "the string table");
  if (!strings)
    return strings.takeError();
  object.strings = toStringRef(*strings);
  if (strings->size() > 4 && strings->back() != 0)
    return fail("the string table at " + hex(stringsAt) +
                " does not end in a zero");
  return Error::success();
}

/// A name of up to 8 bytes, or `/` and the offset of a longer one in decimal
/// digits, or `//` and the same in base 64.
Expected<StringRef> Reader::sectionName(const coff_section &raw,
                                        SectionIndex i) {
  StringRef shown = StringRef(raw.Name, NameSize);
  shown = shown.take_front(shown.find('\0'));
  StringRef name = shown;
  if (!name.consume_front("/"))
    return name;
  uint64_t offset = 0;
  bool isNumber = true;
  if (name.consume_front("/")) {
    static constexpr StringLiteral kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (char c : name) {
      size_t digit = kDigits.find(c);
      isNumber &= digit != StringRef::npos;
      offset = offset * 64 + digit;
    }
  } else {
    isNumber = !name.getAsInteger(10, offset);
  }
  if (!isNumber)
    return fail("section " + Twine(i) + " is named '" + shown +
                "', which is no offset in the string table");
  if (offset < 4 || offset >= object.strings.size())
    return fail("section " + Twine(i) + " has its name at " + hex(offset) +
                " of a string table of " + hex(object.strings.size()) +
                " bytes");
  return StringRef(object.strings.data() + offset);
}

Error Reader::readSections() {
  Expected<ArrayRef<uint8_t>> table =
      slice(object.headersAt, uint64_t(sectionCount) * sizeof(coff_section),
            "the section header table");
  if (!table)
    return table.takeError();
  auto *raws = reinterpret_cast<const coff_section *>(table->data());
  std::vector<Section> &sections = binary().sections;
  sections.resize(size_t(sectionCount) + 1);
  object.headers.assign(sections.size(), nullptr);
  object.isComdat.assign(sections.size(), false);
  for (SectionIndex i = 1; i <= sectionCount; ++i) {
    const coff_section &raw = raws[i - 1];
    object.headers[i] = &raw;
    Expected<StringRef> name = sectionName(raw, i);
    if (!name)
      return name.takeError();
    Section &section = sections[i];
    uint32_t flags = raw.Characteristics;
    section.name = *name;
    section.size = raw.SizeOfRawData;
    section.alignment = raw.getAlignment();
    section.alloc = !(flags & (IMAGE_SCN_LNK_INFO | IMAGE_SCN_LNK_REMOVE |
                               IMAGE_SCN_MEM_DISCARDABLE));
    section.executable =
        section.alloc && (flags & (IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_CNT_CODE));
    section.writable = flags & IMAGE_SCN_MEM_WRITE;
    // An empty section needs no place.
    section.noBits = (flags & IMAGE_SCN_CNT_UNINITIALIZED_DATA) ||
                     (raw.PointerToRawData == 0 && section.size != 0);
    section.isTable = *name == kHashesName;
    section.listsEntries = name->take_front(name->find('$')) == kEntriesName;
    object.isComdat[i] = flags & IMAGE_SCN_LNK_COMDAT;
    if (section.executable && section.noBits && section.size != 0)
      return fail("section " + Twine(i) + " (" + *name +
                  ") is executable and has no contents");
    if (section.noBits)
      continue;
    Expected<ArrayRef<uint8_t>> bytes =
        slice(raw.PointerToRawData, section.size,
              "section " + Twine(i) + " (" + *name + ")");
    if (!bytes)
      return bytes.takeError();
    section.bytes = *bytes;
  }
  return Error::success();
}

Error Reader::checkOverlap() {
  struct Range {
    uint64_t begin, end;
    std::string what;
  };
  std::vector<Range> ranges;
  ranges.push_back({0, object.headersAt + sectionCount * sizeof(coff_section),
                    "the headers"});
  if (object.symbolsAt != 0)
    ranges.push_back(
        {object.symbolsAt,
         object.symbolsAt + object.symbols.all().size() + object.strings.size(),
         "the symbol table"});
  for (SectionIndex i = 1; i <= sectionCount; ++i) {
    const Section &section = binary().sections[i];
    if (!section.bytes.empty())
      ranges.push_back({object.headers[i]->PointerToRawData,
                        object.headers[i]->PointerToRawData + section.size,
                        "section " + section.name.str()});
  }
  llvm::stable_sort(
      ranges, [](const Range &a, const Range &b) { return a.begin < b.begin; });
  for (size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].begin < ranges[i - 1].end)
      return fail(ranges[i].what + " at " + hex(ranges[i].begin) +
                  " overlaps " + ranges[i - 1].what + " [" +
                  hex(ranges[i - 1].begin) + ", " + hex(ranges[i - 1].end) +
                  ")");
  return Error::success();
}

Expected<StringRef> Reader::symbolName(COFFSymbolRef raw, uint32_t index) {
  const coff_symbol_generic *generic = raw.getGeneric();
  if (generic->Name.Offset.Zeroes != 0) {
    StringRef name(generic->Name.ShortName, NameSize);
    return name.take_front(name.find('\0'));
  }
  uint32_t offset = generic->Name.Offset.Offset;
  if (offset == 0)
    return StringRef();
  if (offset < 4 || offset >= object.strings.size())
    return fail("symbol " + Twine(index) + " has its name at " + hex(offset) +
                " of a string table of " + hex(object.strings.size()) +
                " bytes");
  return StringRef(object.strings.data() + offset);
}

Error Reader::readSymbols() {
  binary().symbols.resize(size_t(object.symbols.size()) + 1);
  for (uint32_t i = 0; i < object.symbols.size();) {
    COFFSymbolRef raw = object.symbols[i];
    uint32_t aux = raw.getNumberOfAuxSymbols();
    if (aux >= object.symbols.size() - i)
      return fail("symbol " + Twine(i) + " has " + Twine(aux) +
                  " auxiliary records, which run past the end of the symbol "
                  "table (" +
                  Twine(object.symbols.size()) + " records)");
    if (Error error = readSymbol(i))
      return error;
    i += 1 + aux;
  }
  return Error::success();
}

Error Reader::readSymbol(uint32_t index) {
  COFFSymbolRef raw = object.symbols[index];
  Symbol &symbol = binary().symbols[index + 1];
  Expected<StringRef> name = symbolName(raw, index);
  if (!name)
    return name.takeError();
  symbol.name = *name;
  uint8_t storage = raw.getStorageClass();
  symbol.local = storage != IMAGE_SYM_CLASS_EXTERNAL &&
                 storage != IMAGE_SYM_CLASS_WEAK_EXTERNAL;
  if (storage == IMAGE_SYM_CLASS_FILE) {
    symbol.type = SymbolType::File;
    return Error::success();
  }
  int32_t section = raw.getSectionNumber();
  if (section > 0 && uint32_t(section) > sectionCount)
    return fail("symbol '" + symbol.name + "' is in section " + Twine(section) +
                ", but there are " + Twine(sectionCount));
  if (section < IMAGE_SYM_DEBUG)
    return fail("symbol '" + symbol.name + "' is in section " + Twine(section));
  // The marks .bf, .lf and .ef of old debug information are no places.
  if (section <= 0 || storage == IMAGE_SYM_CLASS_FUNCTION)
    return Error::success();
  symbol.section = static_cast<SectionIndex>(section);
  symbol.offset = raw.getValue();
  const Section &home = binary().sections[symbol.section];
  if (sectionDefinition(object.symbols, index) ||
      storage == IMAGE_SYM_CLASS_SECTION) {
    symbol.type = SymbolType::Section;
    symbol.name = home.name;
  } else if (raw.getComplexType() == IMAGE_SYM_DTYPE_FUNCTION) {
    symbol.type = SymbolType::Function;
  }
  if (home.executable && symbol.offset > home.size)
    return fail(symbol.section, symbol.offset,
                "symbol '" + symbol.name + "' lies outside the section (" +
                    hex(home.size) + " bytes)");
  return Error::success();
}

/// The table with the entry that holds the count when 16 bits do not.
Expected<ArrayRef<uint8_t>> Reader::relocationTable(SectionIndex index) {
  const coff_section &raw = *object.headers[index];
  uint64_t count = raw.NumberOfRelocations;
  uint64_t at = raw.PointerToRelocations;
  StringRef name = binary().sections[index].name;
  if (raw.hasExtendedRelocations()) {
    Expected<ArrayRef<uint8_t>> first =
        slice(at, sizeof(coff_relocation), "the relocations of " + name);
    if (!first)
      return first.takeError();
    count = support::endian::read32le(first->data());
    if (count == 0)
      return fail(index, 0, "an extended count of 0 relocations");
  }
  if (count == 0)
    return ArrayRef<uint8_t>();
  return slice(at, count * sizeof(coff_relocation),
               "the relocations of " + name);
}

Error Reader::readRelocations(SectionIndex index) {
  object.relocationTables.resize(binary().sections.size());
  Expected<ArrayRef<uint8_t>> table = relocationTable(index);
  if (!table)
    return table.takeError();
  object.relocationTables[index] = *table;
  const coff_section &raw = *object.headers[index];
  Section &section = binary().sections[index];
  size_t count = table->size() / sizeof(coff_relocation);
  auto *raws = reinterpret_cast<const coff_relocation *>(table->data());
  size_t first = raw.hasExtendedRelocations() ? 1 : 0;
  section.relocations.reserve(count - std::min(first, count));
  const RelocationType *type = nullptr;
  for (size_t i = first; i < count; ++i) {
    Relocation relocation;
    relocation.offset = uint32_t(raws[i].VirtualAddress - raw.VirtualAddress);
    relocation.type = raws[i].Type;
    if (!type || type->type != relocation.type)
      type = findRelocation(binary().arch, raws[i].Type);
    if (!type)
      return fail(index, relocation.offset,
                  "unknown relocation type " + Twine(relocation.type));
    relocation.width = type->width;
    relocation.pcRelative = type->pcRelative;
    relocation.namesPlace = type->namesPlace;
    if (raws[i].SymbolTableIndex >= object.symbols.size())
      return fail(index, relocation.offset,
                  "relocation against symbol " +
                      Twine(uint32_t(raws[i].SymbolTableIndex)) +
                      ", but there are " + Twine(object.symbols.size()));
    relocation.symbol = raws[i].SymbolTableIndex + 1;
    if (relocation.offset > section.size ||
        section.size - relocation.offset < relocation.width)
      return fail(index, relocation.offset,
                  "relocation outside the section (" + hex(section.size) +
                      " bytes)");
    if (section.noBits && relocation.width != 0)
      return fail(index, relocation.offset,
                  "relocation in a section without contents");
    // To the linker a relative field counts from the end of its instruction.
    if (type->pcRelative)
      relocation.fieldBias = static_cast<int8_t>(type->width + type->behind);
    const uint8_t *field = section.bytes.data() + relocation.offset;
    if (relocation.width == 4)
      relocation.addend = int32_t(support::endian::read32le(field));
    else if (relocation.width == 8)
      relocation.addend = int64_t(support::endian::read64le(field));
    relocation.addend -= relocation.fieldBias;
    section.relocations.push_back(relocation);
  }
  return Error::success();
}

} // namespace

Content recognise(ArrayRef<uint8_t> bytes) {
  if (isBigObject(bytes))
    return Content::Object;
  if (isAnonymous(bytes))
    return support::endian::read16le(bytes.data() + 4) == 0 ? Content::Stub
                                                            : Content::Object;
  if (bytes.size() < 2 || !findMachine(support::endian::read16le(bytes.data())))
    return Content::Unknown;
  return Content::Object;
}

Expected<std::unique_ptr<ObjectFile>> read(ArrayRef<uint8_t> file,
                                           std::string name, Mode mode) {
  if (mode == Mode::Image)
    return createStringError(name + ": not a linked image (a COFF object)");
  Expected<Object> object = Reader(file, std::move(name)).read();
  if (!object)
    return object.takeError();
  return std::make_unique<Object>(std::move(*object));
}

} // namespace hotpad::coff
