//===- MadeSections.cpp ---------------------------------------------------===//

#include "rewriter/elf/MadeSections.h"
#include "rewriter/core/Bytes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/BinaryFormat/ELF.h"
#include <map>

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

class SectionMaker {
public:
  explicit SectionMaker(Object &object)
      : object(object), fileClass(object.fileClass()), word(fileClass.word) {}

  Error run();

private:
  struct Piece {
    uint64_t address = 0, size = 0;
    const char *name = "";
    uint32_t type = SHT_PROGBITS;
    uint64_t alignment = 1, entrySize = 0;
    bool executable = false; ///< Tables are not, whatever segment they are in.
  };

  Error add(const Piece &piece);
  uint64_t read(uint64_t address, uint64_t width) const;
  void readDynamic();
  Error addTables();
  Error addFrames(const Elf::Phdr &searchTable);
  uint64_t countSymbols(uint64_t &gnuHashSize) const;
  uint64_t symbolsOfGnuHash(uint64_t table, uint64_t &size) const;
  uint64_t symbolsOfRelocations(uint64_t table, uint64_t size,
                                uint64_t entrySize) const;
  void addRest(const Elf::Phdr &segment);
  void addUnknown(const Elf::Phdr &segment, uint64_t begin, uint64_t end);
  void addHeader(const Elf::Phdr &segment, const Piece &piece);
  void link();

  Object &object;
  const Class &fileClass;
  uint64_t word; // bytes
  std::vector<Piece> pieces;
  std::map<uint64_t, uint64_t> dynamic; ///< By tag; the first of each.
};

/// What stands in the file for \p address; 0 where nothing does.
uint64_t SectionMaker::read(uint64_t address, uint64_t width) const {
  ArrayRef<uint8_t> bytes = object.loadedBytes(address, width);
  return bytes.empty() ? 0
                       : readFixed(bytes.data(), static_cast<unsigned>(width));
}

Error SectionMaker::add(const Piece &piece) {
  if (piece.size == 0)
    return Error::success();
  if (object.loadedBytes(piece.address, piece.size).empty())
    return errorIn(object.binary,
                   Twine(piece.name) + " at 0x" +
                       utohexstr(piece.address, true) + " (0x" +
                       utohexstr(piece.size, true) +
                       " bytes) lies outside of what the segments load");
  pieces.push_back(piece);
  return Error::success();
}

void SectionMaker::readDynamic() {
  for (const Elf::Phdr &segment : object.segments)
    if (segment.p_type == PT_DYNAMIC)
      for (uint64_t at = 0; at + 2 * word <= segment.p_filesz; at += 2 * word) {
        const uint8_t *entry = object.file.data() + segment.p_offset + at;
        uint64_t tag = readFixed(entry, word);
        if (tag == DT_NULL)
          break;
        dynamic.try_emplace(tag, readFixed(entry + word, word));
      }
}

/// One more than the highest number of a symbol that the relocations name.
uint64_t SectionMaker::symbolsOfRelocations(uint64_t table, uint64_t size,
                                            uint64_t entrySize) const {
  ArrayRef<uint8_t> bytes = object.loadedBytes(table, size);
  uint64_t count = 0;
  for (; bytes.size() >= entrySize; bytes = bytes.drop_front(entrySize)) {
    uint64_t info = readFixed(bytes.data() + word, word);
    count = std::max(count, (word == 8 ? info >> 32 : info >> 8) + 1);
  }
  return count;
}

/// One more than the last symbol that the table leads to.
uint64_t SectionMaker::symbolsOfGnuHash(uint64_t table, uint64_t &size) const {
  uint64_t buckets = read(table, 4), first = read(table + 4, 4);
  uint64_t words = read(table + 8, 4);
  uint64_t bucketsAt = table + 16 + words * word;
  uint64_t chainsAt = bucketsAt + buckets * 4;
  ArrayRef<uint8_t> bytes = object.loadedBytes(bucketsAt, buckets * 4);
  uint64_t last = 0;
  for (; bytes.size() >= 4; bytes = bytes.drop_front(4))
    last = std::max(last, readFixed(bytes.data(), 4));
  size = chainsAt - table;
  if (last < first)
    return first;
  auto chainAt = [&](uint64_t symbol) {
    return chainsAt + (symbol - first) * 4;
  };
  while (!object.loadedBytes(chainAt(last), 4).empty() &&
         (read(chainAt(last), 4) & 1) == 0)
    ++last;
  size = chainAt(last + 1) - table;
  return last + 1;
}

uint64_t SectionMaker::countSymbols(uint64_t &gnuHashSize) const {
  uint64_t count = 1;
  if (auto table = dynamic.find(DT_HASH); table != dynamic.end())
    count = std::max(count, read(table->second + 4, 4));
  if (auto table = dynamic.find(DT_GNU_HASH); table != dynamic.end())
    count = std::max(count, symbolsOfGnuHash(table->second, gnuHashSize));
  return count;
}

/// What the dynamic section tells of.
Error SectionMaker::addTables() {
  auto value = [&](uint64_t tag) {
    auto found = dynamic.find(tag);
    return found != dynamic.end() ? found->second : 0;
  };
  bool isRela = fileClass.is64();
  uint32_t relocations = isRela ? SHT_RELA : SHT_REL;
  uint64_t relocationSize = fileClass.relocationSize;
  Piece relocation{value(isRela ? DT_RELA : DT_REL),
                   value(isRela ? DT_RELASZ : DT_RELSZ),
                   isRela ? ".rela.dyn" : ".rel.dyn",
                   relocations,
                   word,
                   relocationSize};
  Piece stubs = relocation;
  stubs.address = value(DT_JMPREL);
  stubs.size = value(DT_PLTRELSZ);
  stubs.name = isRela ? ".rela.plt" : ".rel.plt";
  uint64_t gnuHashSize = 0, symbols = countSymbols(gnuHashSize);
  for (const Piece &table : {relocation, stubs})
    symbols = std::max(symbols, symbolsOfRelocations(table.address, table.size,
                                                     relocationSize));
  uint64_t hash = value(DT_HASH);
  uint64_t hashSize =
      hash == 0 ? 0 : 4 * (2 + read(hash, 4) + read(hash + 4, 4));
  uint64_t symbolSize = fileClass.symbolSize;
  bool hasNames = value(DT_STRTAB) != 0 && value(DT_STRSZ) != 0;
  const Piece tables[] = {
      relocation,
      stubs,
      {value(DT_SYMTAB), hasNames ? symbols * symbolSize : 0, ".dynsym",
       SHT_DYNSYM, word, symbolSize},
      {value(DT_STRTAB), value(DT_STRSZ), ".dynstr", SHT_STRTAB},
      {hash, hashSize, ".hash", SHT_HASH, word, 4},
      {value(DT_GNU_HASH), gnuHashSize, ".gnu.hash", SHT_GNU_HASH, word},
      {value(DT_RELR), value(DT_RELRSZ), ".relr.dyn", SHT_RELR, word, word},
      {value(DT_PREINIT_ARRAY), value(DT_PREINIT_ARRAYSZ), ".preinit_array",
       SHT_PREINIT_ARRAY, word, word},
      {value(DT_INIT_ARRAY), value(DT_INIT_ARRAYSZ), ".init_array",
       SHT_INIT_ARRAY, word, word},
      {value(DT_FINI_ARRAY), value(DT_FINI_ARRAYSZ), ".fini_array",
       SHT_FINI_ARRAY, word, word},
  };
  for (const Piece &table : tables)
    if (table.address != 0)
      if (Error error = add(table))
        return error;
  return Error::success();
}

/// The search table begins with: version, encodings of the pointer to the
/// frames, of the count and of the table, and that pointer.
Error SectionMaker::addFrames(const Elf::Phdr &searchTable) {
  uint64_t at = searchTable.p_vaddr;
  constexpr uint64_t kPcRelative =
      dwarf::DW_EH_PE_pcrel | dwarf::DW_EH_PE_sdata4;
  if (read(at, 1) != 1 || read(at + 1, 1) != kPcRelative)
    return errorIn(object.binary, "the unwinder's search table at 0x" +
                                      utohexstr(at, true) +
                                      " does not say where the frames are in "
                                      "a way that is understood");
  uint64_t begin =
      at + 4 +
      static_cast<uint64_t>(int64_t(static_cast<int32_t>(read(at + 4, 4))));
  uint64_t end = begin;
  while (uint64_t length = read(end, 4)) {
    uint64_t next =
        length == UINT32_MAX ? end + 12 + read(end + 4, 8) : end + 4 + length;
    // Whoever reads the frames says what is wrong with them.
    bool isWrong =
        next <= end || object.loadedBytes(begin, next - begin).empty();
    end = isWrong ? end + 4 : next;
    if (isWrong)
      break;
  }
  if (Error error = add({begin, end - begin, ".eh_frame", SHT_PROGBITS, 8}))
    return error;
  return add({at, searchTable.p_filesz, ".eh_frame_hdr", SHT_PROGBITS, 4});
}

void SectionMaker::addHeader(const Elf::Phdr &segment, const Piece &piece) {
  Elf::Shdr header = {};
  header.sh_name = static_cast<uint32_t>(object.madeNames.size());
  StringRef name = piece.name;
  object.madeNames.insert(object.madeNames.end(), name.begin(), name.end());
  object.madeNames.push_back(0);
  header.sh_type = piece.type;
  header.sh_flags = SHF_ALLOC |
                    (piece.executable ? uint64_t(SHF_EXECINSTR) : 0) |
                    (segment.p_flags & PF_W ? uint64_t(SHF_WRITE) : 0);
  header.sh_addr = piece.address;
  header.sh_offset = segment.p_offset + (piece.address - segment.p_vaddr);
  header.sh_size = piece.size;
  header.sh_addralign = piece.alignment;
  header.sh_entsize = piece.entrySize;
  object.headers.push_back(header);
}

/// A part of a segment that nothing tells of. A few zeros are there to align
/// what follows.
void SectionMaker::addUnknown(const Elf::Phdr &segment, uint64_t begin,
                              uint64_t end) {
  if (segment.p_offset == 0) // file header and program headers
    begin = std::max<uint64_t>(begin, segment.p_vaddr + object.header.e_phoff +
                                          object.segments.size() *
                                              fileClass.programHeaderSize);
  if (begin >= end)
    return;
  constexpr uint64_t kMostPadding = 63;
  if (end - begin <= kMostPadding &&
      all_of(object.loadedBytes(begin, end - begin),
             [](uint8_t byte) { return byte == 0; }))
    return;
  Piece piece;
  piece.address = begin;
  piece.size = end - begin;
  piece.executable = segment.p_flags & PF_X;
  piece.name = piece.executable         ? ".text"
               : segment.p_flags & PF_W ? ".data"
                                        : ".rodata";
  addHeader(segment, piece);
}

void SectionMaker::addRest(const Elf::Phdr &segment) {
  uint64_t at = segment.p_vaddr, end = at + segment.p_filesz;
  for (Piece piece : pieces) {
    uint64_t pieceEnd = piece.address + piece.size;
    if (piece.address < segment.p_vaddr || pieceEnd > end || pieceEnd <= at)
      continue;
    if (piece.address < at) { // one table inside another
      piece.size = pieceEnd - at;
      piece.address = at;
    }
    addUnknown(segment, at, piece.address);
    addHeader(segment, piece);
    at = pieceEnd;
  }
  addUnknown(segment, at, end);
  if (segment.p_memsz > segment.p_filesz)
    addHeader(segment,
              {end, segment.p_memsz - segment.p_filesz, ".bss", SHT_NOBITS});
}

/// Tables name others by number.
void SectionMaker::link() {
  auto find = [&](uint32_t type) {
    auto found = find_if(object.headers, [&](const Elf::Shdr &header) {
      return header.sh_type == type;
    });
    return found != object.headers.end()
               ? static_cast<uint32_t>(found - object.headers.begin())
               : 0;
  };
  uint32_t names = find(SHT_STRTAB), symbols = find(SHT_DYNSYM);
  for (Elf::Shdr &header : object.headers) {
    uint32_t type = header.sh_type;
    if (type == SHT_DYNSYM || type == SHT_DYNAMIC)
      header.sh_link = names;
    if (type == SHT_DYNSYM)
      header.sh_info = 1;
    if (type == SHT_HASH || type == SHT_GNU_HASH || type == SHT_REL ||
        type == SHT_RELA)
      header.sh_link = symbols;
  }
}

Error SectionMaker::run() {
  auto searchTable = find_if(object.segments, [](const Elf::Phdr &segment) {
    return segment.p_type == PT_GNU_EH_FRAME;
  });
  if (searchTable == object.segments.end())
    return Error::success();
  readDynamic();
  if (Error error = addTables())
    return error;
  if (Error error = addFrames(*searchTable))
    return error;
  for (const Elf::Phdr &segment : object.segments) {
    const char *name = segment.p_type == PT_INTERP    ? ".interp"
                       : segment.p_type == PT_NOTE    ? ".note"
                       : segment.p_type == PT_DYNAMIC ? ".dynamic"
                                                      : nullptr;
    if (!name)
      continue;
    bool isDynamic = segment.p_type == PT_DYNAMIC;
    if (Error error = add({segment.p_vaddr, segment.p_filesz, name,
                           isDynamic                   ? uint32_t(SHT_DYNAMIC)
                           : segment.p_type == PT_NOTE ? uint32_t(SHT_NOTE)
                                                       : uint32_t(SHT_PROGBITS),
                           isDynamic ? word : 4u, isDynamic ? 2 * word : 0}))
      return error;
  }
  llvm::stable_sort(pieces, [](const Piece &a, const Piece &b) {
    return std::tie(a.address, b.size) < std::tie(b.address, a.size);
  });
  object.headers.resize(1);
  object.madeNames.assign(1, 0);
  for (const Elf::Phdr &segment : object.segments)
    if (segment.p_type == PT_LOAD)
      addRest(segment);
  link();
  Elf::Shdr names = {}; // its contents are not in the file
  names.sh_name = static_cast<uint32_t>(object.madeNames.size());
  StringRef name = ".shstrtab";
  object.madeNames.insert(object.madeNames.end(), name.begin(), name.end());
  object.madeNames.push_back(0);
  names.sh_type = SHT_STRTAB;
  names.sh_addralign = 1;
  object.nameTable = static_cast<SectionIndex>(object.headers.size());
  object.headers.push_back(names);
  object.header.e_shentsize = fileClass.sectionHeaderSize;
  object.header.e_shstrndx = static_cast<uint16_t>(object.nameTable);
  return Error::success();
}

} // namespace

Error makeSections(Object &object) { return SectionMaker(object).run(); }

} // namespace hotpad::elf
