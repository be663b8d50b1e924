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

template <class T> void append(Bytes &bytes, const T &value) {
  const auto *raw = reinterpret_cast<const uint8_t *>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof(T));
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
        headers(object.headers.begin(), object.headers.end()),
        contents(object.headers.size()), changed(object.headers.size(), false) {
  }

  Bytes write() {
    takeContents();
    moveSymbols();
    moveRelocations();
    addSections();
    return layOut();
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
  Bytes layOut();

  const Object &object;
  const Binary &binary;
  const Changes &changes;
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
  ArrayRef<Elf::Sym> raws = object.rawSymbols();
  for (SymbolIndex i = 1; i < raws.size(); ++i) {
    const Symbol &symbol = binary.symbols[i];
    if (symbol.section == 0 || changes.map[symbol.section].isIdentity() ||
        symbol.type == SymbolType::Section)
      continue;
    const OffsetMap &map = changes.map[symbol.section];
    uint64_t offset = map.at(symbol.offset, Side::Label).value;
    uint64_t end = map.at(symbol.offset + symbol.size, Side::End).value;
    auto &raw =
        reinterpret_cast<Elf::Sym *>(edit(object.symbolTable).data())[i];
    raw.st_value = offset;
    if (symbol.size != 0)
      raw.st_size = end - offset;
  }
}

void Writer::moveRelocations() {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const MovedSection &moved = changes.sections[i];
    if (!moved.relocationsChanged || changes.emptied[i])
      continue;
    auto *raws =
        reinterpret_cast<Elf::Rela *>(edit(object.relocationsOf[i]).data());
    for (size_t r = 0; r != moved.relocations.size(); ++r) {
      raws[r].r_offset = moved.relocations[r].offset;
      raws[r].r_addend = moved.relocations[r].addend;
      raws[r].setSymbolAndType(moved.relocations[r].symbol,
                               moved.relocations[r].type, false);
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
  SymbolIndex index = static_cast<SymbolIndex>(edit(object.symbolTable).size() /
                                               sizeof(Elf::Sym));
  append(edit(object.symbolTable), raw);
  if (object.symbolIndexTable != 0)
    append32(edit(object.symbolIndexTable), extended ? section : 0);
  NewSymbol symbol{index, 0};
  anchors[section] = symbol;
  return symbol;
}

void Writer::addSlots(const AddedSection &added) {
  SectionIndex index =
      addHeader(kSlotsName, SHT_NOBITS, SHF_ALLOC | SHF_WRITE | SHF_GNU_RETAIN,
                0, 0, 8, 0, {});
  headers[index].sh_size = 8 * added.slots;
  wantsGnuAbi = true;
}

void Writer::addList(const AddedSection &added) {
  bool pointers = added.kind == AddedKind::PatchableList;
  uint64_t width = pointers ? 8 : 4;
  NewSymbol symbol = symbolIn(added.linkedTo);
  Bytes bytes, relocations;
  for (NewOffset place : added.places) {
    Elf::Rela raw = {};
    raw.r_offset = bytes.size();
    raw.r_addend = static_cast<int64_t>(place.value) - symbol.newOffset;
    raw.setSymbolAndType(symbol.index, pointers ? R_X86_64_64 : R_X86_64_PC32,
                         false);
    append(relocations, raw);
    // Readers of the file's bytes see the same as readers of relocations.
    uint64_t value = pointers ? place.value : 0;
    for (unsigned i = 0; i != width; ++i)
      bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
  SectionIndex list = addHeader(
      pointers ? kPatchableName : kEntriesName, SHT_PROGBITS,
      SHF_ALLOC | SHF_LINK_ORDER | (pointers ? uint64_t(SHF_WRITE) : 0),
      added.linkedTo, 0, width, 0, std::move(bytes));
  joinGroup(list, added.linkedTo);
  SectionIndex table = addHeader(
      (Twine(".rela") + (pointers ? kPatchableName : kEntriesName)).str(),
      SHT_RELA, SHF_INFO_LINK, object.symbolTable, list, 8, sizeof(Elf::Rela),
      std::move(relocations));
  joinGroup(table, added.linkedTo);
}

void Writer::addSections() {
  for (const AddedSection &added : changes.added) {
    if (added.kind == AddedKind::Slots)
      addSlots(added);
    else
      addList(added);
  }
}

Bytes Writer::layOut() {
  // Section numbers that do not fit a symbol's 16 bits need a table; one is
  // made when an appended symbol is the first to need it.
  ArrayRef<Elf::Sym> symbols(
      reinterpret_cast<const Elf::Sym *>(edit(object.symbolTable).data()),
      edit(object.symbolTable).size() / sizeof(Elf::Sym));
  if (object.symbolIndexTable == 0 && any_of(symbols, [](const Elf::Sym &raw) {
        return raw.st_shndx == SHN_XINDEX;
      })) {
    Bytes numbers(4 * symbols.size(), 0);
    for (const auto &[section, symbol] : anchors)
      if (symbol.index < symbols.size() &&
          symbols[symbol.index].st_shndx == SHN_XINDEX)
        support::endian::write32le(numbers.data() + 4 * size_t(symbol.index),
                                   section);
    addHeader(".symtab_shndx", SHT_SYMTAB_SHNDX, 0, object.symbolTable, 0, 4, 4,
              std::move(numbers));
  }

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

  Bytes out(object.file.begin(), object.file.begin() + sizeof(Elf::Ehdr));
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

  out.resize(alignTo(out.size(), 8), 0);
  uint64_t tableOffset = out.size();
  bool many = headers.size() >= SHN_LORESERVE;
  if (many)
    headers[0].sh_size = headers.size();
  for (const Elf::Shdr &header : headers)
    append(out, header);
  auto *header = reinterpret_cast<Elf::Ehdr *>(out.data());
  header->e_shoff = tableOffset;
  header->e_shnum = many ? 0 : static_cast<uint16_t>(headers.size());
  // SHF_GNU_RETAIN belongs to the GNU ABI, and ld.bfd heeds it only there.
  if (wantsGnuAbi && header->e_ident[EI_OSABI] == ELFOSABI_NONE)
    header->e_ident[EI_OSABI] = ELFOSABI_GNU;
  return out;
}

} // namespace

Expected<Bytes> Object::write(const Changes &changes) const {
  return Writer(*this, changes).write();
}

} // namespace hotpad::elf
