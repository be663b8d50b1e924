//===- Writer.cpp ---------------------------------------------------------===//
//
// The new file is the old one with changed contents: the ELF header, every
// section in its old order (at the alignment its header asks for), the added
// sections, the section header table. Contents that did not change are copied.
//
// Added lists need a relocation for each entry, and a relocation needs a
// symbol. The code section's own section symbol or any local symbol in it
// serves; a section that has none gets a hidden weak symbol of a name that no
// other object has, because a *local* one would renumber all global symbols.
//
//===----------------------------------------------------------------------===//

#include "rewriter/core/Bytes.h"
#include "rewriter/elf/Names.h"
#include "rewriter/elf/Object.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

using Bytes = std::vector<uint8_t>;

/// Room for \p size more bytes at the end.
uint8_t *append(Bytes &bytes, size_t size) {
  bytes.resize(bytes.size() + size);
  return bytes.data() + bytes.size() - size;
}

void append32(Bytes &bytes, uint32_t value) {
  uint8_t raw[4];
  support::endian::write32le(raw, value);
  bytes.insert(bytes.end(), raw, raw + 4);
}

class Writer {
public:
  Writer(const Object &object, const Changes &changes)
      : object(object), binary(object.binary), changes(changes),
        fileClass(object.fileClass()), headers(object.headers),
        contents(object.headers.size()), changed(object.headers.size(), false) {
  }

  Expected<Bytes> write() {
    takeContents();
    moveSymbols();
    moveRelocations();
    addSections();
    Bytes bytes = layOut();
    if (!fileClass.is64() && bytes.size() > UINT32_MAX)
      return errorIn(binary, "has more than 4 GB when it is rewritten, which "
                             "32-bit ELF cannot hold");
    return bytes;
  }

private:
  struct NewSymbol {
    SymbolIndex index;
    int64_t newOffset; ///< Of the symbol, in its section.
  };

  /// The contents of a section, to be changed.
  Bytes &edit(SectionIndex index) {
    if (!changed[index]) {
      changed[index] = true;
      contents[index] = binary.sections[index].bytes.vec();
    }
    return contents[index];
  }

  void takeContents();
  void moveSymbols();
  void moveRelocations();
  void addSections();
  void addSlots(const AddedSection &added);
  void addList(const AddedSection &added);
  NewSymbol symbolIn(SectionIndex section);
  uint32_t addName(SectionIndex table, StringRef name);
  SectionIndex addHeader(StringRef name, uint32_t type, uint64_t flags,
                         SectionIndex link, uint32_t info, uint64_t alignment,
                         uint64_t entrySize, Bytes bytes);
  void joinGroup(SectionIndex member, SectionIndex like);
  void addSectionNumbers();
  Bytes layOut();

  const Object &object;
  const Binary &binary;
  const Changes &changes;
  const Class &fileClass;
  std::vector<Elf::Shdr> headers;
  std::vector<Bytes> contents;
  std::vector<bool> changed;
  DenseMap<SectionIndex, NewSymbol> anchors;
  bool anchorsFound = false;
  bool wantsGnuAbi = false;
};

void Writer::takeContents() {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    if (changes.emptied[i]) {
      changed[i] = true;
      // A compressed section of no bytes would be invalid.
      headers[i].sh_flags = headers[i].sh_flags & ~uint64_t(SHF_COMPRESSED);
    } else if (changes.sections[i].bytesChanged) {
      changed[i] = true;
      contents[i] = changes.sections[i].bytes;
    }
    if (changes.alignments[i] != 0)
      headers[i].sh_addralign = changes.alignments[i];
  }
}

void Writer::moveSymbols() {
  for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
    const Symbol &symbol = binary.symbols[i];
    if (symbol.section == 0 || changes.map[symbol.section].isIdentity() ||
        symbol.type == SymbolType::Section)
      continue;
    const OffsetMap &map = changes.map[symbol.section];
    uint64_t offset = map.at(symbol.offset, Side::Label).value;
    uint64_t end = map.at(symbol.offset + symbol.size, Side::End).value;
    uint8_t *at =
        edit(object.symbolTable).data() + size_t(i) * fileClass.symbolSize;
    Elf::Sym raw = fileClass.readSymbol(at);
    raw.st_value = offset;
    if (symbol.size != 0)
      raw.st_size = end - offset;
    fileClass.writeSymbol(at, raw);
  }
}

void Writer::moveRelocations() {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const MovedSection &moved = changes.sections[i];
    if (!moved.relocationsChanged || changes.emptied[i])
      continue;
    uint8_t *at = edit(object.relocationsOf[i]).data();
    for (const Relocation &relocation : moved.relocations) {
      Elf::Rela raw = {};
      raw.r_offset = relocation.offset;
      raw.r_addend = relocation.addend;
      raw.setSymbolAndType(relocation.symbol, relocation.type, false);
      fileClass.writeRelocation(at, raw);
      at += fileClass.relocationSize;
    }
  }
}

uint32_t Writer::addName(SectionIndex table, StringRef name) {
  Bytes &bytes = edit(table);
  if (bytes.empty())
    bytes.push_back(0);
  uint32_t offset = static_cast<uint32_t>(bytes.size());
  bytes.insert(bytes.end(), name.begin(), name.end());
  bytes.push_back(0);
  return offset;
}

SectionIndex Writer::addHeader(StringRef name, uint32_t type, uint64_t flags,
                               SectionIndex link, uint32_t info,
                               uint64_t alignment, uint64_t entrySize,
                               Bytes bytes) {
  Elf::Shdr header = {};
  header.sh_name = addName(object.nameTable, name);
  header.sh_type = type;
  header.sh_flags = flags;
  header.sh_link = link;
  header.sh_info = info;
  header.sh_addralign = alignment;
  header.sh_entsize = entrySize;
  header.sh_size = bytes.size();
  headers.push_back(header);
  contents.push_back(std::move(bytes));
  changed.push_back(true);
  return static_cast<SectionIndex>(headers.size() - 1);
}

void Writer::joinGroup(SectionIndex member, SectionIndex like) {
  SectionIndex group = object.groupOf[like];
  if (group == 0)
    return;
  append32(edit(group), member);
  headers[member].sh_flags = headers[member].sh_flags | SHF_GROUP;
}

/// A symbol that relocations against places in \p section can name.
Writer::NewSymbol Writer::symbolIn(SectionIndex section) {
  if (!anchorsFound) {
    anchorsFound = true;
    for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
      const Symbol &symbol = binary.symbols[i];
      if (symbol.section == 0 || !symbol.local)
        continue;
      // Relocations against a local IFUNC lead to its PLT entry.
      if (symbol.type == SymbolType::Resolver ||
          symbol.type == SymbolType::Tls || symbol.type == SymbolType::Other)
        continue;
      if (symbol.type == SymbolType::Section)
        anchors[symbol.section] = {i, 0};
      else
        anchors.try_emplace(symbol.section,
                            NewSymbol{i, static_cast<int64_t>(
                                             changes.map[symbol.section]
                                                 .at(symbol.offset, Side::Label)
                                                 .value)});
    }
  }
  auto known = anchors.find(section);
  if (known != anchors.end())
    return known->second;

  // The file's own name, or the member's: not how the path was written.
  StringRef own = sys::path::filename(binary.name);
  own = own.substr(own.find('(') + 1);
  uint64_t hash = xxh3_64bits(object.file) ^ xxh3_64bits(own);
  std::string name =
      "hotpad." + utohexstr(hash, true, 16) + "." + std::to_string(section);
  Elf::Sym raw = {};
  raw.st_name = addName(headers[object.symbolTable].sh_link, name);
  raw.setBindingAndType(STB_WEAK, STT_NOTYPE);
  raw.st_other = STV_HIDDEN;
  bool extended = section >= SHN_LORESERVE;
  raw.st_shndx =
      extended ? uint16_t(SHN_XINDEX) : static_cast<uint16_t>(section);
  Bytes &table = edit(object.symbolTable);
  SymbolIndex index =
      static_cast<SymbolIndex>(table.size() / fileClass.symbolSize);
  fileClass.writeSymbol(append(table, fileClass.symbolSize), raw);
  if (object.symbolIndexTable != 0)
    append32(edit(object.symbolIndexTable), extended ? section : 0);
  NewSymbol symbol{index, 0};
  anchors[section] = symbol;
  return symbol;
}

void Writer::addSlots(const AddedSection &added) {
  SectionIndex index =
      addHeader(kSlotsName, SHT_NOBITS, SHF_ALLOC | SHF_WRITE | SHF_GNU_RETAIN,
                0, 0, fileClass.word, 0, {});
  headers[index].sh_size = fileClass.word * added.slots;
  wantsGnuAbi = true;
}

void Writer::addList(const AddedSection &added) {
  bool pointers = added.kind == AddedKind::PatchableList;
  uint64_t width = pointers ? fileClass.word : 4;
  uint32_t type = pointers ? R_X86_64_64 : R_X86_64_PC32;
  if (binary.arch == Arch::X86)
    type = pointers ? R_386_32 : R_386_PC32;
  NewSymbol symbol = symbolIn(added.linkedTo);
  Bytes bytes, relocations;
  for (NewOffset place : added.places) {
    Elf::Rela raw = {};
    raw.r_offset = bytes.size();
    raw.r_addend = static_cast<int64_t>(place.value) - symbol.newOffset;
    raw.setSymbolAndType(symbol.index, type, false);
    fileClass.writeRelocation(append(relocations, fileClass.relocationSize),
                              raw);
    // Readers of the file's bytes see the same as readers of relocations.
    uint64_t value = pointers ? place.value : 0;
    if (binary.addendsInPlace)
      value = static_cast<uint64_t>(int64_t(raw.r_addend));
    appendFixed(bytes, value, width);
  }
  SectionIndex list = addHeader(
      pointers ? kPatchableName : kEntriesName, SHT_PROGBITS,
      SHF_ALLOC | SHF_LINK_ORDER | (pointers ? uint64_t(SHF_WRITE) : 0),
      added.linkedTo, 0, width, 0, std::move(bytes));
  joinGroup(list, added.linkedTo);
  SectionIndex table = addHeader(
      (Twine(fileClass.relocationPrefix) +
       (pointers ? kPatchableName : kEntriesName))
          .str(),
      fileClass.relocationType, SHF_INFO_LINK, object.symbolTable, list,
      fileClass.word, fileClass.relocationSize, std::move(relocations));
  joinGroup(table, added.linkedTo);
}

void Writer::addSections() {
  for (const AddedSection &added : changes.added) {
    if (added.kind == AddedKind::Slots)
      addSlots(added);
    else if (added.kind != AddedKind::CompilerRecord)
      addList(added);
  }
}

/// Section numbers that do not fit a symbol's 16 bits need a table; one is
/// made when an appended symbol is the first to need it.
void Writer::addSectionNumbers() {
  size_t count = edit(object.symbolTable).size() / fileClass.symbolSize;
  auto isExtended = [&](SymbolIndex i) {
    const uint8_t *at = contents[object.symbolTable].data();
    return fileClass.readSymbol(at + size_t(i) * fileClass.symbolSize)
               .st_shndx == SHN_XINDEX;
  };
  Bytes numbers(4 * count, 0);
  bool any = false;
  for (const auto &[section, symbol] : anchors)
    if (symbol.index < count && isExtended(symbol.index)) {
      any = true;
      support::endian::write32le(numbers.data() + 4 * size_t(symbol.index),
                                 section);
    }
  if (any)
    addHeader(".symtab_shndx", SHT_SYMTAB_SHNDX, 0, object.symbolTable, 0, 4, 4,
              std::move(numbers));
}

Bytes Writer::layOut() {
  if (object.symbolIndexTable == 0 && object.symbolTable != 0)
    addSectionNumbers();

  std::vector<SectionIndex> order;
  size_t oldCount = object.headers.size();
  for (SectionIndex i = 1; i < oldCount; ++i)
    order.push_back(i);
  llvm::stable_sort(order, [&](SectionIndex a, SectionIndex b) {
    return object.headers[a].sh_offset < object.headers[b].sh_offset;
  });
  for (SectionIndex i = static_cast<SectionIndex>(oldCount); i < headers.size();
       ++i)
    order.push_back(i);

  Bytes out(object.file.begin(), object.file.begin() + fileClass.headerSize);
  out.reserve(object.file.size() + object.file.size() / 4);
  for (SectionIndex i : order) {
    Elf::Shdr &header = headers[i];
    bool noBits = header.sh_type == SHT_NOBITS || header.sh_type == SHT_NULL;
    ArrayRef<uint8_t> bytes;
    if (changed[i])
      bytes = contents[i];
    else if (!noBits)
      bytes = binary.sections[i].bytes;
    uint64_t alignment = std::max<uint64_t>(header.sh_addralign, 1);
    uint64_t offset = alignTo(out.size(), alignment);
    header.sh_offset = offset;
    if (noBits)
      continue;
    header.sh_size = bytes.size();
    if (bytes.empty())
      continue;
    out.resize(offset, 0);
    out.insert(out.end(), bytes.begin(), bytes.end());
  }

  out.resize(alignTo(out.size(), fileClass.word), 0);
  uint64_t tableOffset = out.size();
  bool many = headers.size() >= SHN_LORESERVE;
  if (many)
    headers[0].sh_size = headers.size();
  for (const Elf::Shdr &header : headers)
    fileClass.writeSectionHeader(append(out, fileClass.sectionHeaderSize),
                                 header);
  Elf::Ehdr header = object.header;
  header.e_shoff = tableOffset;
  header.e_shnum = many ? 0 : static_cast<uint16_t>(headers.size());
  // SHF_GNU_RETAIN belongs to the GNU ABI, and ld.bfd heeds it only there.
  if (wantsGnuAbi && header.e_ident[EI_OSABI] == ELFOSABI_NONE)
    header.e_ident[EI_OSABI] = ELFOSABI_GNU;
  fileClass.writeHeader(out.data(), header);
  return out;
}

} // namespace

Expected<Bytes> Object::write(const Changes &changes) const {
  return Writer(*this, changes).write();
}

} // namespace hotpad::elf
