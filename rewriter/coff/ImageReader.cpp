//===- ImageReader.cpp - PE image to Binary -------------------------------===//
//
// Format: "PE Format" on learn.microsoft.com.
//
//     MZ | ... | PE\0\0 | file header | optional header, directories | sections
//      0x3c ----^
//
// Each section has two sizes. VirtualSize is what is mapped, SizeOfRawData what
// the file has of it, rounded up to the file alignment or, for zeros at the end
// that need no file, less. Code is what is both: bytes the file does not have
// are no instructions.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/ImageReader.h"
#include "rewriter/coff/Image.h"
#include "rewriter/coff/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <cassert>

using namespace llvm;
using namespace llvm::object;

namespace hotpad::coff {

std::string hex(uint64_t value) { return "0x" + utohexstr(value, true); }

namespace {

constexpr uint32_t kPageSize = 0x1000;

struct MachineName {
  uint16_t machine;
  const char *name;
};

/// Machines whose images one may meet; x86 ones are supported.
constexpr MachineName kOtherMachines[] = {
    {COFF::IMAGE_FILE_MACHINE_ARM64, "ARM64"},
    {COFF::IMAGE_FILE_MACHINE_ARM64EC, "ARM64EC"},
    {COFF::IMAGE_FILE_MACHINE_ARM64X, "ARM64X"},
    {COFF::IMAGE_FILE_MACHINE_ARM, "ARM"},
    {COFF::IMAGE_FILE_MACHINE_ARMNT, "ARM"},
    {COFF::IMAGE_FILE_MACHINE_THUMB, "ARM"},
    {COFF::IMAGE_FILE_MACHINE_IA64, "Itanium"},
    {COFF::IMAGE_FILE_MACHINE_EBC, "EFI byte code"},
    {COFF::IMAGE_FILE_MACHINE_UNKNOWN, "none"},
};

const char *machineName(uint16_t machine) {
  for (const MachineName &row : kOtherMachines)
    if (row.machine == machine)
      return row.name;
  return "unknown";
}

/// Offset of the file header, or 0 when \p bytes is no PE image.
uint64_t fileHeaderAt(ArrayRef<uint8_t> bytes) {
  if (bytes.size() < sizeof(dos_header) || bytes[0] != 'M' || bytes[1] != 'Z')
    return 0;
  uint64_t at =
      reinterpret_cast<const dos_header *>(bytes.data())->AddressOfNewExeHeader;
  if (at > bytes.size() || bytes.size() - at < sizeof(COFF::PEMagic) ||
      !equal(
          COFF::PEMagic, bytes.slice(at, sizeof(COFF::PEMagic)),
          [](char a, uint8_t b) { return uint8_t(a) == b; }))
    return 0;
  return at + sizeof(COFF::PEMagic);
}

class Reader {
public:
  Reader(ArrayRef<uint8_t> file, std::string name) {
    image.file = file;
    image.binary.name = std::move(name);
    image.binary.format = Format::Coff;
    image.binary.mode = Mode::Image;
  }

  Expected<Image> read() {
    if (Error error = readHeader())
      return error;
    if (Error error = readSections())
      return error;
    if (Error error = readImageSymbols(image))
      return error;
    if (Error error = readNames())
      return error;
    if (Error error = refuseManaged())
      return error;
    if (Error error = refuseHybrid())
      return error;
    if (Error error = findImageFunctions(image))
      return error;
    if (Error error = findImageRoots(image))
      return error;
    findPseudoRelocations(image);
    return std::move(image);
  }

private:
  Error readHeader();
  template <class Header> Error readOptional(uint64_t at, uint64_t size);
  Error readSections();
  Error readNames();
  Error refuseManaged();
  Error refuseHybrid();

  Binary &binary() { return image.binary; }
  Error fail(const Twine &message) { return errorIn(binary(), message); }

  Image image;
};

Error Reader::readHeader() {
  ArrayRef<uint8_t> file = image.file;
  uint64_t at = fileHeaderAt(file);
  assert(at != 0 && "recognised as an image");
  if (file.size() - at < sizeof(coff_file_header))
    return fail("the file header at " + hex(at) +
                " runs past the end of the file (" + hex(file.size()) + ")");
  image.header = reinterpret_cast<const coff_file_header *>(file.data() + at);
  uint16_t machine = image.header->Machine;
  if (machine != COFF::IMAGE_FILE_MACHINE_AMD64 &&
      machine != COFF::IMAGE_FILE_MACHINE_I386)
    return fail("wrong architecture (PE machine " + hex(machine) + ", " +
                machineName(machine) +
                "): only x86-64 (0x8664) and x86 (0x14c) are supported");
  bool is64 = machine == COFF::IMAGE_FILE_MACHINE_AMD64;
  binary().arch = is64 ? Arch::X86_64 : Arch::X86;

  at += sizeof(coff_file_header);
  uint64_t size = image.header->SizeOfOptionalHeader;
  if (file.size() - at < size)
    return fail("the optional header [" + hex(at) + ", " + hex(at + size) +
                ") runs past the end of the file (" + hex(file.size()) + ")");
  if (Error error = is64 ? readOptional<pe32plus_header>(at, size)
                         : readOptional<pe32_header>(at, size))
    return error;

  at += size;
  uint64_t count = image.header->NumberOfSections;
  if ((file.size() - at) / sizeof(coff_section) < count)
    return fail("the table of " + Twine(count) + " sections at " + hex(at) +
                " runs past the end of the file (" + hex(file.size()) + ")");
  image.headers = {reinterpret_cast<const coff_section *>(file.data() + at),
                   static_cast<size_t>(count)};
  return Error::success();
}

template <class Header> Error Reader::readOptional(uint64_t at, uint64_t size) {
  constexpr bool is64 = std::is_same_v<Header, pe32plus_header>;
  constexpr uint16_t magic =
      is64 ? COFF::PE32Header::PE32_PLUS : COFF::PE32Header::PE32;
  if (size < sizeof(Header))
    return fail("an optional header of " + Twine(size) +
                " bytes; it must have " + Twine(sizeof(Header)) + " or more");
  auto *optional = reinterpret_cast<const Header *>(image.file.data() + at);
  if (optional->Magic != magic)
    return fail("the optional header begins with " +
                hex(uint16_t(optional->Magic)) +
                "; for this machine it must be " + hex(magic));
  uint64_t count = optional->NumberOfRvaAndSize;
  if (count > (size - sizeof(Header)) / sizeof(data_directory))
    return fail(Twine(count) + " data directories in an optional header of " +
                Twine(size) + " bytes");
  image.directories = {reinterpret_cast<const data_directory *>(optional + 1),
                       static_cast<size_t>(count)};
  binary().base = optional->ImageBase;
  image.optionalAt = at;
  image.alignment = optional->SectionAlignment;
  image.fileAlignment = optional->FileAlignment;
  image.headersSize = optional->SizeOfHeaders;
  image.entryPoint = optional->AddressOfEntryPoint;
  // RVAs have 32 bits, so that no address wraps around.
  if (binary().base > UINT64_MAX - UINT32_MAX)
    return fail("the image's preferred address is " + hex(binary().base) +
                ", less than 4 GB before the end of all addresses");
  return Error::success();
}

Error Reader::readSections() {
  std::vector<Section> &sections = binary().sections;
  sections.resize(image.headers.size() + 1);
  uint64_t fileSize = image.file.size(), end = 0;
  for (SectionIndex i = 1; i < sections.size(); ++i) {
    const coff_section &raw = image.headers[i - 1];
    Section &section = sections[i];
    uint64_t rva = raw.VirtualAddress;
    uint64_t offset = raw.PointerToRawData;
    uint64_t inFile = offset ? uint64_t(raw.SizeOfRawData) : 0;
    uint64_t size = raw.VirtualSize ? uint64_t(raw.VirtualSize)
                                    : uint64_t(raw.SizeOfRawData);
    if (rva + size > UINT32_MAX)
      return fail("section " + Twine(i) + " [" + hex(rva) + ", " +
                  hex(rva + size) + ") runs past 4 GB");
    if (rva < end)
      return fail("section " + Twine(i) + " at " + hex(rva) +
                  " begins before the end of the one before it (" + hex(end) +
                  ")");
    end = rva + size;
    if (inFile != 0 && (offset > fileSize || fileSize - offset < inFile))
      return fail("section " + Twine(i) + " [" + hex(offset) + ", " +
                  hex(offset + inFile) + ") runs past the end of the file (" +
                  hex(fileSize) + ")");
    section.address = binary().base + rva;
    section.alignment =
        rva ? std::min<uint64_t>(kPageSize, rva & (~rva + 1)) : kPageSize;
    section.alloc = true;
    section.executable = raw.Characteristics & COFF::IMAGE_SCN_MEM_EXECUTE;
    section.writable = raw.Characteristics & COFF::IMAGE_SCN_MEM_WRITE;
    section.size = size;
    section.bytes =
        image.file.slice(inFile ? offset : 0, std::min(inFile, size));
    section.noBits = section.bytes.empty();
    if (section.executable)
      section.size = section.bytes.size();
  }
  return Error::success();
}

/// A name of more than 8 letters is `/` and its offset in the string table.
/// Some linkers cut it off instead, and unwinders look for `.eh_fram`, too.
Error Reader::readNames() {
  for (SectionIndex i = 1; i < binary().sections.size(); ++i) {
    const coff_section &raw = image.headers[i - 1];
    StringRef name(raw.Name, strnlen(raw.Name, sizeof(raw.Name)));
    StringRef digits = name;
    uint64_t offset;
    // Without a string table `/4` is a name like another: strip leaves it.
    if (!image.strings.empty() && digits.consume_front("/") &&
        !digits.getAsInteger(10, offset)) {
      if (offset >= image.strings.size())
        return fail("section " + Twine(i) + " has its name at " + hex(offset) +
                    " of a string table of " + hex(image.strings.size()) +
                    " bytes");
      name = image.strings.drop_front(offset).take_until(
          [](char c) { return c == 0; });
    }
    binary().sections[i].name = name == ".eh_fram" ? ".eh_frame" : name;
  }
  for (Symbol &symbol : binary().symbols)
    if (symbol.type == SymbolType::Section)
      symbol.name = binary().sections[symbol.section].name;
  return Error::success();
}

Error Reader::refuseManaged() {
  data_directory header = image.directory(COFF::CLR_RUNTIME_HEADER);
  constexpr uint64_t kFlagsAt = 16;
  constexpr uint32_t kILOnly = 1;
  if (header.Size == 0)
    return Error::success();
  ArrayRef<uint8_t> bytes =
      image.bytesAt(image.placeOf(header.RelativeVirtualAddress), 20);
  if (bytes.empty())
    return fail("the .NET header at " +
                hex(uint32_t(header.RelativeVirtualAddress)) +
                " lies in no section");
  if (support::endian::read32le(bytes.data() + kFlagsAt) & kILOnly)
    return fail("a .NET image: its code is not for a processor, or is checked "
                "against tables that are not understood");
  return Error::success();
}

/// ARM64EC code says it is for x86-64, and has tables that say it is not.
Error Reader::refuseHybrid() {
  constexpr uint64_t kHybridAt = 0xC8; // CHPEMetadataPointer
  data_directory config = image.directory(COFF::LOAD_CONFIG_TABLE);
  if (config.Size == 0 || binary().arch != Arch::X86_64)
    return Error::success();
  Place place = image.placeOf(config.RelativeVirtualAddress);
  ArrayRef<uint8_t> length = image.bytesAt(place, 4);
  if (length.empty())
    return fail("the load configuration at " +
                hex(uint32_t(config.RelativeVirtualAddress)) +
                " lies in no section");
  uint64_t size = support::endian::read32le(length.data());
  if (size < kHybridAt + 8)
    return Error::success();
  ArrayRef<uint8_t> bytes = image.bytesAt(place, kHybridAt + 8);
  if (bytes.empty())
    return errorAt(binary(), place.section, place.offset,
                   "a load configuration of " + hex(size) +
                       " bytes runs past the end of the section");
  if (support::endian::read64le(bytes.data() + kHybridAt) != 0)
    return fail("wrong architecture (ARM64EC): only x86-64 (0x8664) and x86 "
                "(0x14c) are supported");
  return Error::success();
}

/// `.hpentry` and `.hpslots`, in an object with $ and what sorts them.
bool isNamed(const Section &section, StringRef name) {
  return section.name.split('$').first == name;
}

} // namespace

data_directory Image::directory(unsigned index) const {
  return index < directories.size() ? directories[index] : data_directory();
}

Place Image::placeOf(uint64_t rva) const {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    uint64_t offset = rva - headers[i - 1].VirtualAddress;
    if (offset < binary.sections[i].size)
      return {offset, i, Side::Label};
  }
  return {};
}

ArrayRef<uint8_t> Image::bytesAt(Place place, uint64_t size) const {
  ArrayRef<uint8_t> bytes = binary.sections[place.section].bytes;
  if (place.section == 0 || place.offset > bytes.size() ||
      bytes.size() - place.offset < size)
    return {};
  return bytes.slice(place.offset, size);
}

Error Image::refuseDebug() const { return Error::success(); }

std::vector<bool> Image::dropDebug() {
  return std::vector<bool>(binary.sections.size(), false);
}

PatchLists Image::readLists() const {
  PatchLists lists;
  for (const Section &section : binary.sections) {
    if (isNamed(section, kSlotsName))
      lists.addSlots(section, binary.arch);
    if (!isNamed(section, kEntriesName))
      continue;
    for (ArrayRef<uint8_t> rest = section.bytes; rest.size() >= 4;
         rest = rest.drop_front(4)) {
      uint32_t rva = support::endian::read32le(rest.data());
      Place place = placeOf(rva);
      if (rva != 0 && place.section != 0 &&
          binary.sections[place.section].executable)
        lists.entries.push_back(place);
    }
  }
  lists.sort();
  return lists;
}

Expected<std::vector<uint8_t>> Image::write(const Changes &) const {
  return errorIn(binary, "not a relocatable object (a PE image)");
}

Content recogniseImage(ArrayRef<uint8_t> bytes) {
  return fileHeaderAt(bytes) ? Content::Image : Content::Unknown;
}

Expected<std::unique_ptr<ObjectFile>> readImage(ArrayRef<uint8_t> file,
                                                std::string name, Mode mode) {
  if (mode == Mode::Object)
    return createStringError(name + ": not a relocatable object (a PE image)");
  Expected<Image> image = Reader(file, std::move(name)).read();
  if (!image)
    return image.takeError();
  return std::make_unique<Image>(std::move(*image));
}

} // namespace hotpad::coff
