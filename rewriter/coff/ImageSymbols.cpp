//===- ImageSymbols.cpp - the COFF symbol table of an image ---------------===//
//
// Linkers of GNU kind put one into an image, and strip takes it out; MSVC's
// never do (their names are in a PDB). Records have 18 bytes, some of which
// continue the one before (*auxiliary* records); the string table follows and
// begins with its own size.
//
// An image's symbols are offsets in sections. Type says function or nothing:
// assembly labels have none, and neither has data.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/Image.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::object;

namespace hotpad::coff {

namespace {

constexpr uint64_t kSizeField = 4;

/// A name of 8 letters at most, or an offset in the string table.
Expected<StringRef> nameOf(const Image &image, const coff_symbol16 &symbol,
                           uint64_t index) {
  if (symbol.Name.Offset.Zeroes != 0)
    return StringRef(symbol.Name.ShortName,
                     strnlen(symbol.Name.ShortName, COFF::NameSize));
  uint64_t offset = symbol.Name.Offset.Offset;
  if (offset == 0)
    return StringRef();
  if (offset < kSizeField || offset >= image.strings.size())
    return errorIn(image.binary, "symbol " + Twine(index) +
                                     " has its name at " + hex(offset) +
                                     " of a string table of " +
                                     hex(image.strings.size()) + " bytes");
  return image.strings.drop_front(offset).take_until(
      [](char c) { return c == 0; });
}

SymbolType typeOf(const coff_symbol16 &raw) {
  switch (raw.StorageClass) {
  case COFF::IMAGE_SYM_CLASS_EXTERNAL:
  case COFF::IMAGE_SYM_CLASS_STATIC:
  case COFF::IMAGE_SYM_CLASS_LABEL:
    break;
  case COFF::IMAGE_SYM_CLASS_FILE:
    return SymbolType::File;
  case COFF::IMAGE_SYM_CLASS_SECTION:
    return SymbolType::Section;
  default:
    return SymbolType::Other;
  }
  unsigned complex = (raw.Type & 0xF0) >> COFF::SCT_COMPLEX_TYPE_SHIFT;
  if (complex == COFF::IMAGE_SYM_DTYPE_FUNCTION)
    return SymbolType::Function;
  // What has the size of a section behind it is the section's symbol.
  if (raw.StorageClass == COFF::IMAGE_SYM_CLASS_STATIC && raw.Value == 0 &&
      raw.NumberOfAuxSymbols != 0)
    return SymbolType::Section;
  return SymbolType::None;
}

Error findStrings(Image &image, uint64_t at) {
  ArrayRef<uint8_t> file = image.file;
  if (file.size() - at < kSizeField)
    return Error::success(); // There is none.
  uint64_t size = support::endian::read32le(file.data() + at);
  if (size > file.size() - at)
    return errorIn(image.binary, "the string table [" + hex(at) + ", " +
                                     hex(at + size) +
                                     ") runs past the end of the file (" +
                                     hex(file.size()) + ")");
  image.strings = toStringRef(file.slice(at, size));
  return Error::success();
}

} // namespace

Error readImageSymbols(Image &image) {
  Binary &binary = image.binary;
  binary.symbols.resize(1);
  uint64_t at = image.header->PointerToSymbolTable;
  uint64_t count = image.header->NumberOfSymbols;
  if (at == 0)
    return Error::success();
  uint64_t fileSize = image.file.size();
  if (at > fileSize || (fileSize - at) / sizeof(coff_symbol16) < count)
    return errorIn(binary, "the table of " + Twine(count) + " symbols at " +
                               hex(at) + " runs past the end of the file (" +
                               hex(fileSize) + ")");
  if (Error error = findStrings(image, at + count * sizeof(coff_symbol16)))
    return error;
  auto *raws = reinterpret_cast<const coff_symbol16 *>(image.file.data() + at);
  for (uint64_t i = 0; i < count; i += 1 + raws[i].NumberOfAuxSymbols) {
    const coff_symbol16 &raw = raws[i];
    if (raw.NumberOfAuxSymbols >= count - i)
      return errorIn(binary, "symbol " + Twine(i) + " has " +
                                 Twine(unsigned(raw.NumberOfAuxSymbols)) +
                                 " auxiliary records, but the table ends "
                                 "after " +
                                 Twine(count - i - 1));
    Expected<StringRef> name = nameOf(image, raw, i);
    if (!name)
      return name.takeError();
    Symbol symbol;
    symbol.name = *name;
    symbol.type = typeOf(raw);
    symbol.local = raw.StorageClass != COFF::IMAGE_SYM_CLASS_EXTERNAL;
    int16_t section = static_cast<int16_t>(uint16_t(raw.SectionNumber));
    if (section > 0 && size_t(section) >= binary.sections.size())
      return errorIn(binary, "symbol '" + symbol.name + "' is in section " +
                                 Twine(section) + ", but there are " +
                                 Twine(binary.sections.size() - 1));
    if (section > 0 && symbol.type != SymbolType::Other) {
      symbol.section = static_cast<SectionIndex>(section);
      symbol.offset = raw.Value;
      const Section &home = binary.sections[symbol.section];
      if (home.executable && symbol.type == SymbolType::Function &&
          symbol.offset > home.size)
        return errorIn(binary, "symbol '" + symbol.name + "' at " +
                                   hex(symbol.offset) +
                                   " lies outside its section (" +
                                   hex(home.size) + " bytes)");
      // Marks beyond the file's part of a section, such as its end.
      if (home.executable && symbol.offset > home.size)
        symbol.section = 0;
      image.namesAllFunctions |=
          home.executable && symbol.type == SymbolType::Function;
    }
    binary.symbols.push_back(symbol);
  }
  return Error::success();
}

} // namespace hotpad::coff
