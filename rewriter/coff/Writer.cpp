//===- Writer.cpp ---------------------------------------------------------===//
//
// The new file is the old one with changed contents: header, section headers,
// for each section in its old order its bytes and relocations, the symbol
// table, the string table. Unlike ELF, section headers stand in front, so one
// more section moves everything.
//
// What says something about a section's contents a second time follows: the
// length, number of relocations and checksum in its symbol's auxiliary record,
// and the hash in .chks64.
//
// A list of entries belongs to a code section. If that is a COMDAT, the list
// is an associative one, which linkers drop together with it; and its
// relocations name a global symbol of the section, if there is one: a linker
// that keeps the list all the same then finds the definition that stayed.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/Names.h"
#include "rewriter/coff/Object.h"
#include "rewriter/core/Bytes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/COFF.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <cassert>

using namespace llvm;
using namespace llvm::COFF;
using namespace llvm::object;

namespace hotpad::coff {

namespace {

using Bytes = std::vector<uint8_t>;

/// Above it, the section number of a symbol needs the big object's 32 bits.
constexpr size_t kMostSections = MaxNumberOfSections16;

template <class T> void append(Bytes &bytes, const T &value) {
  const auto *raw = reinterpret_cast<const uint8_t *>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof(T));
}

template <class T> T &as(Bytes &bytes, size_t offset) {
  return *reinterpret_cast<T *>(bytes.data() + offset);
}

class Writer {
public:
  Writer(const Object &object, const Changes &changes)
      : object(object), binary(object.binary), changes(changes) {}

  Expected<Bytes> write() {
    takeSections();
    if (Error error = moveSymbols())
      return error;
    moveRelocations();
    for (const AddedSection &added : changes.added)
      add(added);
    updateHashes();
    updateDefinitions();
    return layOut();
  }

private:
  struct NewSection {
    coff_section header = {};
    ArrayRef<uint8_t> bytes;
    Bytes changed; ///< Holds `bytes` when they are new.
    ArrayRef<uint8_t> table;
    Bytes changedTable;
    bool isChanged = false;
  };
  struct Anchor {
    uint32_t symbol;    ///< The file's number.
    uint64_t newOffset; ///< In its section.
  };

  Error fail(const Twine &message) { return errorIn(binary, message); }
  /// Of the new file's symbols.
  unsigned recordSize() const { return SymbolRecords({}, isBig).recordSize(); }

  void takeSections();
  size_t addedSections() const;
  Error moveSymbols();
  void moveRelocations();
  void add(const AddedSection &added);
  void addList(const AddedSection &added);
  void addSlots(const AddedSection &added);
  void addCompilerRecord(const AddedSection &added);
  Anchor anchorIn(SectionIndex section);
  void findAnchors();
  SectionIndex groupLeader(SectionIndex section) const;
  void nameSection(coff_section &header, StringRef name);
  size_t placeOfName(StringRef name);
  void addDefinition(SectionIndex number, SectionIndex parent);
  void updateHashes();
  void updateDefinitions();
  Bytes widenSymbols() const;
  Bytes fileHeader() const;
  uint64_t placeSections(uint64_t at);
  Expected<Bytes> layOut();

  const Object &object;
  const Binary &binary;
  const Changes &changes;
  std::vector<NewSection> sections; ///< By section number.
  /// A big object, from a small one when sections become too many for it.
  bool isBig = false;
  Bytes symbols; ///< Records of the new width.
  std::string strings;
  DenseMap<StringRef, size_t> namePlaces; ///< Of long names, in `strings`.
  DenseMap<SectionIndex, Anchor> anchors;
  DenseMap<SectionIndex, SectionIndex> associated; ///< Section to its parent.
  bool anchorsFound = false;
};

void Writer::takeSections() {
  sections.resize(binary.sections.size());
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    NewSection &section = sections[i];
    section.header = *object.headers[i];
    section.header.NumberOfLinenumbers = 0; // refused, or to be dropped
    section.bytes = binary.sections[i].bytes;
    section.table = object.relocationTables[i];
    if (changes.emptied[i]) {
      section.isChanged = true;
      section.bytes = section.table = {};
      section.header.SizeOfRawData = 0;
    }
    if (changes.sections[i].bytesChanged) {
      section.isChanged = true;
      section.changed = changes.sections[i].bytes;
      section.bytes = section.changed;
    }
    if (changes.alignments[i] != 0)
      section.header.Characteristics =
          (section.header.Characteristics &
           ~uint32_t(IMAGE_SCN_ALIGN_MASK | IMAGE_SCN_TYPE_NO_PAD)) |
          ((Log2_64(changes.alignments[i]) + 1) << 20);
  }
  isBig = object.isBig || sections.size() - 1 + addedSections() > kMostSections;
  if (isBig != object.isBig) {
    symbols = widenSymbols();
  } else {
    auto raw = object.symbols.all();
    symbols.assign(raw.begin(), raw.end());
  }
  strings = object.strings.str();
  if (strings.empty())
    strings.assign(4, '\0');
}

/// Each kind but the list for ELF is one.
size_t Writer::addedSections() const {
  return static_cast<size_t>(
      llvm::count_if(changes.added, [](const AddedSection &added) {
        return added.kind != AddedKind::PatchableList;
      }));
}

Error Writer::moveSymbols() {
  unsigned recordSize = this->recordSize();
  for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
    const Symbol &symbol = binary.symbols[i];
    if (symbol.section == 0 || symbol.type == SymbolType::Section ||
        changes.map[symbol.section].isIdentity())
      continue;
    const OffsetMap &map = changes.map[symbol.section];
    uint64_t offset = map.at(symbol.offset, Side::Label).value;
    if (!isUInt<32>(offset))
      return fail("symbol '" + symbol.name + "' moves past 4 GB");
    size_t record = size_t(i - 1) * recordSize;
    as<coff_symbol_generic>(symbols, record).Value = offset;
    // The size in a function's auxiliary record, where a producer has one.
    COFFSymbolRef raw = object.symbols[i - 1];
    if (!raw.isFunctionDefinition() || raw.getNumberOfAuxSymbols() == 0)
      continue;
    auto &aux = as<coff_aux_function_definition>(symbols, record + recordSize);
    if (uint64_t size = aux.TotalSize;
        size != 0 &&
        size <= binary.sections[symbol.section].size - symbol.offset)
      aux.TotalSize = map.at(symbol.offset + size, Side::End).value - offset;
  }
  return Error::success();
}

void Writer::moveRelocations() {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const MovedSection &moved = changes.sections[i];
    NewSection &section = sections[i];
    if (!moved.relocationsChanged || changes.emptied[i])
      continue;
    section.changedTable = section.table.vec();
    section.table = section.changedTable;
    size_t first = object.headers[i]->hasExtendedRelocations() ? 1 : 0;
    auto *raws =
        reinterpret_cast<coff_relocation *>(section.changedTable.data());
    for (size_t r = 0; r != moved.relocations.size(); ++r)
      raws[first + r].VirtualAddress =
          moved.relocations[r].offset + section.header.VirtualAddress;
  }
}

void Writer::add(const AddedSection &added) {
  switch (added.kind) {
  case AddedKind::Slots:
    return addSlots(added);
  case AddedKind::EntryList:
    return addList(added);
  case AddedKind::CompilerRecord:
    return addCompilerRecord(added);
  case AddedKind::PatchableList: // readers of this list know ELF only
    return;
  }
}

/// Where \p name, which outlives the writer, is in the string table; it is put
/// there if need be. Looked for once: each of a thousand lists has the name.
size_t Writer::placeOfName(StringRef name) {
  auto [known, isNew] = namePlaces.try_emplace(name, 0);
  size_t &place = known->second;
  if (!isNew)
    return place;
  place = strings.find(name.str() + '\0', /*the size before them*/ 4);
  if (place == std::string::npos) {
    place = strings.size();
    strings += name;
    strings += '\0';
  }
  return place;
}

void Writer::nameSection(coff_section &header, StringRef name) {
  std::string shown = name.str();
  if (name.size() > NameSize) {
    size_t offset = placeOfName(name);
    shown = "/" + std::to_string(offset);
    if (shown.size() > NameSize) { // above 7 digits: base 64
      static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
                                        "mnopqrstuvwxyz0123456789+/";
      shown = "//AAAAAA";
      for (size_t at = 7; offset != 0; offset /= 64, --at)
        shown[at] = kDigits[offset % 64];
    }
  }
  memset(header.Name, 0, NameSize);
  memcpy(header.Name, shown.data(), shown.size());
}

void Writer::addSlots(const AddedSection &added) {
  unsigned width = pointerSize(binary.arch);
  NewSection section;
  nameSection(section.header, kSlotsName);
  section.header.SizeOfRawData = static_cast<uint32_t>(added.slots * width);
  section.header.Characteristics =
      IMAGE_SCN_CNT_UNINITIALIZED_DATA | IMAGE_SCN_MEM_READ |
      IMAGE_SCN_MEM_WRITE |
      (width == 8 ? IMAGE_SCN_ALIGN_8BYTES : IMAGE_SCN_ALIGN_4BYTES);
  sections.push_back(std::move(section));
}

void Writer::addCompilerRecord(const AddedSection &added) {
  NewSection section;
  nameSection(section.header, ".debug$S");
  section.header.Characteristics =
      IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ |
      IMAGE_SCN_MEM_DISCARDABLE | IMAGE_SCN_ALIGN_1BYTES;
  section.bytes = added.bytes; // which outlive the writer
  section.header.SizeOfRawData = static_cast<uint32_t>(added.bytes.size());
  section.isChanged = true;
  sections.push_back(std::move(section));
}

/// The section whose fate \p section shares, at the root.
SectionIndex Writer::groupLeader(SectionIndex section) const {
  for (size_t steps = 0; steps != binary.sections.size(); ++steps) {
    auto parent = associated.find(section);
    if (parent == associated.end())
      break;
    section = parent->second;
  }
  return section;
}

void Writer::findAnchors() {
  anchorsFound = true;
  DenseMap<SectionIndex, unsigned> ranks;
  for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
    const Symbol &symbol = binary.symbols[i];
    if (symbol.section == 0)
      continue;
    if (const auto *definition = sectionDefinition(object.symbols, i - 1)) {
      auto number = static_cast<uint32_t>(definition->getNumber(object.isBig));
      if (definition->Selection == IMAGE_COMDAT_SELECT_ASSOCIATIVE &&
          number != 0 && number < binary.sections.size())
        associated[symbol.section] = number;
    }
    bool isSection = symbol.type == SymbolType::Section;
    // See the head of this file for COMDATs.
    unsigned rank = object.isComdat[symbol.section] && !symbol.local ? 3
                    : isSection                                      ? 2
                                                                     : 1;
    unsigned &known = ranks[symbol.section];
    if (rank <= known)
      continue;
    known = rank;
    anchors[symbol.section] = {
        i - 1,
        isSection
            ? 0
            : changes.map[symbol.section].at(symbol.offset, Side::Label).value};
  }
}

/// A symbol that relocations against places in \p section can name. There is
/// one: without, nothing leads into the section, and no function is found
/// there.
Writer::Anchor Writer::anchorIn(SectionIndex section) {
  if (!anchorsFound)
    findAnchors();
  auto known = anchors.find(section);
  assert(known != anchors.end() && "code without any symbol");
  return known->second;
}

/// A section's symbol, by which an associative COMDAT says so.
void Writer::addDefinition(SectionIndex number, SectionIndex parent) {
  unsigned recordSize = this->recordSize();
  size_t at = symbols.size();
  symbols.resize(at + 2 * size_t(recordSize));
  memcpy(symbols.data() + at, sections[number].header.Name, NameSize);
  auto &generic = as<coff_symbol_generic>(symbols, at);
  if (sections[number].header.Name[0] == '/') {
    generic.Name.Offset.Zeroes = 0;
    generic.Name.Offset.Offset =
        static_cast<uint32_t>(placeOfName(kEntriesPart));
  }
  // Both widths of record differ in the width of the section's number only.
  writeFixed(symbols.data() + at + sizeof(coff_symbol_generic), number,
             isBig ? 4 : 2);
  symbols[at + recordSize - 2] = IMAGE_SYM_CLASS_STATIC;
  symbols[at + recordSize - 1] = 1; // auxiliary record
  auto &definition = as<coff_aux_section_definition>(symbols, at + recordSize);
  definition.NumberLowPart = static_cast<uint16_t>(parent);
  definition.NumberHighPart = static_cast<uint16_t>(parent >> 16);
  definition.Selection =
      parent != 0 ? uint8_t(IMAGE_COMDAT_SELECT_ASSOCIATIVE) : uint8_t(0);
}

void Writer::addList(const AddedSection &added) {
  Anchor anchor = anchorIn(added.linkedTo);
  bool isComdat = object.isComdat[added.linkedTo];
  NewSection section;
  nameSection(section.header, kEntriesPart);
  section.header.Characteristics =
      IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ |
      IMAGE_SCN_ALIGN_4BYTES | (isComdat ? uint32_t(IMAGE_SCN_LNK_COMDAT) : 0);
  uint16_t type = binary.arch == Arch::X86_64
                      ? uint16_t(IMAGE_REL_AMD64_ADDR32NB)
                      : uint16_t(IMAGE_REL_I386_DIR32NB);
  // A count above 65,534 goes into a first entry of its own.
  if (added.places.size() >= UINT16_MAX) {
    coff_relocation count = {};
    count.VirtualAddress = static_cast<uint32_t>(added.places.size() + 1);
    append(section.changedTable, count);
    section.header.Characteristics =
        section.header.Characteristics | IMAGE_SCN_LNK_NRELOC_OVFL;
  }
  for (NewOffset place : added.places) {
    coff_relocation raw = {};
    raw.VirtualAddress = static_cast<uint32_t>(section.changed.size());
    raw.SymbolTableIndex = anchor.symbol;
    raw.Type = type;
    append(section.changedTable, raw);
    support::ulittle32_t addend;
    addend = static_cast<uint32_t>(place.value - anchor.newOffset);
    append(section.changed, addend);
  }
  section.header.SizeOfRawData = static_cast<uint32_t>(section.changed.size());
  section.isChanged = true;
  sections.push_back(std::move(section));
  NewSection &last = sections.back();
  last.bytes = last.changed;
  last.table = last.changedTable;
  addDefinition(static_cast<SectionIndex>(sections.size() - 1),
                isComdat ? groupLeader(added.linkedTo) : 0);
}

/// .chks64 has 8 bytes for each section: a hash of its contents, of an
/// algorithm that is not public; 0 where there are none. A wrong one would be
/// worse than none.
void Writer::updateHashes() {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    if (binary.sections[i].name != kHashesName || binary.sections[i].noBits)
      continue;
    NewSection &hashes = sections[i];
    hashes.changed = hashes.bytes.vec();
    for (SectionIndex of = 1; of < binary.sections.size(); ++of)
      if (sections[of].isChanged && 8 * size_t(of) <= hashes.changed.size())
        std::fill_n(hashes.changed.begin() + 8 * (ptrdiff_t(of) - 1), 8, 0);
    hashes.bytes = hashes.changed;
  }
}

void Writer::updateDefinitions() {
  unsigned recordSize = this->recordSize();
  SymbolRecords records(symbols, isBig);
  for (uint32_t i = 0; i < records.size();
       i += 1 + records[i].getNumberOfAuxSymbols()) {
    if (!sectionDefinition(records, i))
      continue;
    auto number = static_cast<size_t>(records[i].getSectionNumber());
    const NewSection &section = sections[number];
    if (!section.isChanged)
      continue;
    auto &definition =
        as<coff_aux_section_definition>(symbols, size_t(i + 1) * recordSize);
    definition.Length = static_cast<uint32_t>(section.bytes.size());
    definition.NumberOfRelocations = static_cast<uint16_t>(std::min<size_t>(
        section.table.size() / sizeof(coff_relocation), UINT16_MAX));
    // CRC-32 without the inversions, as MSVC and LLVM compute it.
    bool isNew = number >= binary.sections.size();
    if (definition.CheckSum != 0 || isNew) {
      JamCRC crc(/*Init=*/0);
      crc.update(section.bytes);
      definition.CheckSum = crc.getCRC();
    }
  }
}

/// The records of a big object from those of a small one.
Bytes Writer::widenSymbols() const {
  Bytes wide;
  const SymbolRecords &records = object.symbols;
  unsigned wideSize = sizeof(coff_symbol32);
  for (uint32_t i = 0; i != records.size();) {
    const auto &narrow =
        *reinterpret_cast<const coff_symbol16 *>(records.record(i));
    coff_symbol32 symbol;
    memcpy(&symbol, &narrow, sizeof(coff_symbol_generic));
    symbol.SectionNumber = static_cast<uint32_t>(records[i].getSectionNumber());
    symbol.Type = narrow.Type;
    symbol.StorageClass = narrow.StorageClass;
    symbol.NumberOfAuxSymbols = narrow.NumberOfAuxSymbols;
    append(wide, symbol);
    ++i;
    // The name of a file runs through all of its records, the rest is a record
    // each.
    bool runsOn = narrow.StorageClass == IMAGE_SYM_CLASS_FILE;
    size_t begin = wide.size();
    for (unsigned aux = narrow.NumberOfAuxSymbols; aux != 0; --aux, ++i) {
      const uint8_t *record = records.record(i);
      wide.insert(wide.end(), record, record + records.recordSize());
      if (!runsOn)
        wide.resize(wide.size() + wideSize - records.recordSize());
    }
    wide.resize(begin + size_t(narrow.NumberOfAuxSymbols) * wideSize);
  }
  return wide;
}

/// The header of the file, for the new number of sections.
Bytes Writer::fileHeader() const {
  Bytes bytes;
  if (isBig == object.isBig) {
    bytes.assign(object.file.begin(), object.file.begin() + object.headersAt);
    return bytes;
  }
  const auto &small =
      *reinterpret_cast<const coff_file_header *>(object.file.data());
  coff_bigobj_file_header header = {};
  header.Sig2 = 0xFFFF;
  header.Version = 2;
  header.Machine = small.Machine;
  header.TimeDateStamp = small.TimeDateStamp;
  memcpy(header.UUID, BigObjMagic, sizeof(BigObjMagic));
  append(bytes, header);
  return bytes;
}

/// Gives sections their places, in the order they had; where the last ends.
uint64_t Writer::placeSections(uint64_t at) {
  std::vector<SectionIndex> order;
  for (SectionIndex i = 1; i < sections.size(); ++i)
    order.push_back(i);
  llvm::stable_sort(order, [&](SectionIndex a, SectionIndex b) {
    auto place = [&](SectionIndex i) {
      return i < object.headers.size()
                 ? uint64_t(object.headers[i]->PointerToRawData)
                 : ~0ull;
    };
    return place(a) < place(b);
  });
  for (SectionIndex i : order) {
    NewSection &section = sections[i];
    coff_section &header = section.header;
    header.PointerToRawData = 0;
    if (!section.bytes.empty()) {
      at = alignTo(at, 4);
      header.PointerToRawData = static_cast<uint32_t>(at);
      header.SizeOfRawData = static_cast<uint32_t>(section.bytes.size());
      at += section.bytes.size();
    }
    size_t count = section.table.size() / sizeof(coff_relocation);
    header.PointerToRelocations = count != 0 ? static_cast<uint32_t>(at) : 0;
    header.NumberOfRelocations =
        static_cast<uint16_t>(std::min<size_t>(count, UINT16_MAX));
    header.PointerToLinenumbers = 0;
    at += section.table.size();
  }
  return at;
}

Expected<Bytes> Writer::layOut() {
  Bytes out = fileHeader();
  uint64_t headersAt = out.size();
  uint64_t symbolsAt = alignTo(
      placeSections(headersAt + (sections.size() - 1) * sizeof(coff_section)),
      4);
  uint64_t size = symbolsAt + symbols.size() + strings.size();
  if (!isUInt<32>(size))
    return fail("the rewritten object is larger than the 4 GB its headers can "
                "address");
  out.resize(size);
  auto put = [&](uint64_t at, ArrayRef<uint8_t> bytes) {
    llvm::copy(bytes, out.begin() + static_cast<ptrdiff_t>(at));
  };
  for (SectionIndex i = 1; i < sections.size(); ++i) {
    const NewSection &section = sections[i];
    as<coff_section>(out, headersAt + (i - 1) * sizeof(coff_section)) =
        section.header;
    put(section.header.PointerToRawData, section.bytes);
    put(section.header.PointerToRelocations, section.table);
  }
  put(symbolsAt, symbols);
  support::endian::write32le(strings.data(),
                             static_cast<uint32_t>(strings.size()));
  put(symbolsAt + symbols.size(), arrayRefFromStringRef(strings));

  auto update = [&](auto &header) {
    using Count = decltype(header.NumberOfSections);
    header.NumberOfSections =
        static_cast<Count::value_type>(sections.size() - 1);
    header.PointerToSymbolTable = static_cast<uint32_t>(symbolsAt);
    header.NumberOfSymbols =
        static_cast<uint32_t>(symbols.size() / recordSize());
  };
  if (isBig)
    update(as<coff_bigobj_file_header>(out, 0));
  else
    update(as<coff_file_header>(out, 0));
  return out;
}

} // namespace

Expected<std::vector<uint8_t>> Object::write(const Changes &changes) const {
  return Writer(*this, changes).write();
}

} // namespace hotpad::coff
