//===- ImageFunctions.cpp - functions of an image without their symbols ---===//
//
// What a PE image says of its functions when it has no symbols:
//
//     .pdata    x86-64: begin and end of each function that is no leaf
//     exports   name and RVA, or no name
//     entry     one RVA
//
// Not every record of .pdata is a function. A part of one has *chained*
// unwinding information, which leads to that of the whole; or, from gcc, its
// pushes and stores are listed as done before its first byte: a record with
// unwinding codes and a prologue of no bytes.
//
// Format: "x64 exception handling" and "PE Format", "The .edata Section", on
// learn.microsoft.com.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/Image.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Win64EH.h"

using namespace llvm;
using namespace llvm::object;

namespace hotpad::coff {

namespace {

using PlaceKey = std::pair<SectionIndex, uint64_t>;

class Finder {
public:
  explicit Finder(Image &image) : image(image), binary(image.binary) {}

  Error run() {
    for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
      const Symbol &symbol = binary.symbols[i];
      if (symbol.section != 0 && symbol.type != SymbolType::Section &&
          symbol.type != SymbolType::File)
        named[{symbol.section, symbol.offset}].push_back(i);
    }
    if (Error error = readUnwind())
      return error;
    if (Error error = readExports())
      return error;
    return readEntryPoint();
  }

private:
  Error readUnwind();
  Error readInfo(const Win64EH::RuntimeFunction &record, Place field,
                 UnwindRange &range);
  Error readExports();
  Error readEntryPoint();
  Expected<ArrayRef<uint8_t>> table(uint64_t rva, uint64_t size,
                                    const char *what);
  bool isCode(Place place) const {
    return place.section != 0 && binary.sections[place.section].executable;
  }
  void add(Place place, StringRef name, Source source);

  Image &image;
  Binary &binary;
  DenseMap<PlaceKey, SmallVector<SymbolIndex, 1>> named;
};

/// A function at \p place. Symbols there get its type; where there is none one
/// is made.
void Finder::add(Place place, StringRef name, Source source) {
  binary.roots.push_back({place, source});
  PlaceKey key(place.section, place.offset);
  auto known = named.find(key);
  if (known != named.end()) {
    for (SymbolIndex i : known->second)
      binary.symbols[i].type = SymbolType::Function;
    return;
  }
  if (name.empty()) {
    image.madeNames.push_back(
        (binary.sections[place.section].name + "+" + hex(place.offset)).str());
    name = image.madeNames.back();
  }
  Symbol symbol;
  symbol.name = name;
  symbol.section = place.section;
  symbol.offset = place.offset;
  symbol.type = SymbolType::Function;
  symbol.local = false;
  symbol.source = source;
  named[key].push_back(binary.symbols.size());
  binary.symbols.push_back(symbol);
}

/// The bytes of a table that a header says are there.
Expected<ArrayRef<uint8_t>> Finder::table(uint64_t rva, uint64_t size,
                                          const char *what) {
  if (size == 0)
    return ArrayRef<uint8_t>();
  ArrayRef<uint8_t> bytes = image.bytesAt(image.placeOf(rva), size);
  if (bytes.empty())
    return errorIn(binary, Twine(what) + " [" + hex(rva) + ", " +
                               hex(rva + size) + ") lies in no section");
  return bytes;
}

/// What the record's unwinding information says of its range.
Error Finder::readInfo(const Win64EH::RuntimeFunction &record, Place field,
                       UnwindRange &range) {
  uint32_t rva = record.UnwindInfoOffset;
  if (rva & 1) { // Leads to the record of the whole.
    ArrayRef<uint8_t> whole = image.bytesAt(image.placeOf(rva - 1), 4);
    if (!whole.empty())
      range.parent = image.placeOf(support::endian::read32le(whole.data()));
    range.entersMidway = true;
    return Error::success();
  }
  range.info = image.placeOf(rva);
  ArrayRef<uint8_t> info = image.bytesAt(range.info, 4);
  if (info.empty())
    return errorAt(binary, field.section, field.offset,
                   "unwinding information at " + hex(rva) +
                       ", which is in no section");
  unsigned version = info[0] & 7, flags = info[0] >> 3;
  if (version != 1 && version != 2)
    return errorAt(binary, field.section, field.offset,
                   "unwinding information of version " + Twine(version) +
                       " at " + hex(rva));
  range.prologSize = info[1];
  range.entersMidway = info[1] == 0 && info[2] != 0;
  if (!(flags & Win64EH::UNW_ChainInfo))
    return Error::success();
  range.entersMidway = true;
  uint64_t size = 4 + 2 * ((uint64_t(info[2]) + 1) & ~1ull);
  info = image.bytesAt(range.info, size + sizeof(record));
  if (info.empty())
    return errorAt(binary, range.info.section, range.info.offset,
                   "chained unwinding information runs past the end of the "
                   "section");
  range.parent = image.placeOf(support::endian::read32le(info.data() + size));
  return Error::success();
}

Error Finder::readUnwind() {
  data_directory directory = image.directory(COFF::EXCEPTION_TABLE);
  if (binary.arch != Arch::X86_64)
    return Error::success();
  constexpr uint64_t kSize = sizeof(Win64EH::RuntimeFunction);
  Expected<ArrayRef<uint8_t>> bytes =
      table(directory.RelativeVirtualAddress, directory.Size,
            "the table of unwinding information");
  if (!bytes)
    return bytes.takeError();
  Place field = image.placeOf(directory.RelativeVirtualAddress);
  if (bytes->size() % kSize != 0)
    return errorAt(binary, field.section, field.offset,
                   "a table of " + Twine(bytes->size()) +
                       " bytes; its records have " + Twine(kSize));
  binary.unwindTable = field;
  binary.unwindTableSize = bytes->size();
  uint64_t end = 0;
  for (; !bytes->empty();
       *bytes = bytes->drop_front(kSize), field.offset += kSize) {
    auto &record =
        *reinterpret_cast<const Win64EH::RuntimeFunction *>(bytes->data());
    uint64_t from = record.StartAddress, to = record.EndAddress;
    if (from == to)
      continue; // Reserved and not used, or for nothing.
    Place place = image.placeOf(from);
    if (place.section == 0 || to < from ||
        to - from > binary.sections[place.section].size - place.offset)
      return errorAt(binary, field.section, field.offset,
                     "covers [" + hex(from) + ", " + hex(to) +
                         "), which is no range in a section");
    if (from < end)
      return errorAt(binary, field.section, field.offset,
                     "covers [" + hex(from) + ", " + hex(to) +
                         "), and the record before it ends at " + hex(end));
    end = to;
    if (!isCode(place))
      continue;
    UnwindRange range;
    range.section = place.section;
    range.begin = place.offset;
    range.end = place.offset + (to - from);
    range.frameSection = field.section;
    range.frameOffset = field.offset;
    if (Error error = readInfo(record, field, range))
      return error;
    binary.unwind.push_back(range);
  }
  return Error::success();
}

Error Finder::readExports() {
  data_directory directory = image.directory(COFF::EXPORT_TABLE);
  uint64_t begin = directory.RelativeVirtualAddress, size = directory.Size;
  if (size == 0)
    return Error::success();
  Expected<ArrayRef<uint8_t>> bytes =
      table(begin, sizeof(export_directory_table_entry), "the export table");
  if (!bytes)
    return bytes.takeError();
  auto &exports =
      *reinterpret_cast<const export_directory_table_entry *>(bytes->data());
  uint64_t count = exports.AddressTableEntries;
  uint64_t names = exports.NumberOfNamePointers;
  Expected<ArrayRef<uint8_t>> addresses =
      table(exports.ExportAddressTableRVA, 4 * count,
            "the table of exported addresses");
  if (!addresses)
    return addresses.takeError();
  Expected<ArrayRef<uint8_t>> pointers =
      table(exports.NamePointerRVA, 4 * names, "the table of exported names");
  if (!pointers)
    return pointers.takeError();
  Expected<ArrayRef<uint8_t>> ordinals =
      table(exports.OrdinalTableRVA, 2 * names,
            "the table of the ordinals of exported names");
  if (!ordinals)
    return ordinals.takeError();

  std::vector<StringRef> nameOf(count);
  for (uint64_t i = 0; i != names; ++i) {
    uint32_t rva = support::endian::read32le(pointers->data() + 4 * i);
    uint16_t index = support::endian::read16le(ordinals->data() + 2 * i);
    if (index >= count)
      return errorIn(binary, "exported name " + Twine(i) + " has ordinal " +
                                 Twine(index) + ", but there are " +
                                 Twine(count) + " addresses");
    Place place = image.placeOf(rva);
    StringRef rest =
        toStringRef(binary.sections[place.section].bytes)
            .drop_front(std::min<uint64_t>(
                place.offset, binary.sections[place.section].bytes.size()));
    size_t length = rest.find('\0');
    if (place.section == 0 || length == StringRef::npos)
      return errorIn(binary, "exported name " + Twine(i) + " at " + hex(rva) +
                                 " is no string in a section");
    nameOf[index] = rest.take_front(length);
  }
  for (uint64_t i = 0; i != count; ++i) {
    uint64_t rva = support::endian::read32le(addresses->data() + 4 * i);
    // An address in the table itself leads to another DLL.
    Place place = image.placeOf(rva);
    if (rva - begin >= size && isCode(place))
      add(place, nameOf[i], Source::Export);
  }
  return Error::success();
}

Error Finder::readEntryPoint() {
  if (image.entryPoint == 0)
    return Error::success();
  Place place = image.placeOf(image.entryPoint);
  if (!isCode(place))
    return errorIn(binary, "the entry point " + hex(image.entryPoint) +
                               " is in no section with code");
  add(place, "", Source::EntryPoint);
  return Error::success();
}

} // namespace

Error findImageFunctions(Image &image) { return Finder(image).run(); }

} // namespace hotpad::coff
