//===- ImageWriter.cpp - a PE image with new sections ---------------------===//
//
//     headers | section headers (room?) | sections | new sections | overlay
//
// What stands behind the last section (COFF symbols, an archive of a program
// that unpacks itself) stays last. Section headers that have no room before the
// first section get more of the file: everything behind them moves there, and
// nothing in memory, as long as the headers end before the first section does
// begin.
//
// Format: "PE Format" on learn.microsoft.com.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/BaseRelocations.h"
#include "rewriter/coff/GuardTables.h"
#include "rewriter/core/Bytes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/SHA1.h"

using namespace llvm;
using namespace llvm::COFF;
using namespace llvm::object;

namespace hotpad::coff {

namespace {

using Bytes = std::vector<uint8_t>;

/// Of the optional header, where PE32 and PE32+ agree.
constexpr uint64_t kSizeOfCode = 4, kSizeOfData = 8, kSizeOfZeroes = 12,
                   kSizeOfImage = 56, kSizeOfHeaders = 60, kCheckSum = 64;
constexpr uint64_t kTimeDateStamp = 4, kSymbolTable = 8; // of the file header
constexpr uint64_t kDebugEntry = 28; // bytes of an entry, and its file offset
constexpr uint64_t kDebugStamp = 4, kDebugFileOffset = 24;

void write(Bytes &out, uint64_t at, uint64_t value, unsigned width) {
  writeFixed(out.data() + at, value, width);
}

uint32_t read32(const Bytes &bytes, uint64_t at) {
  return support::endian::read32le(bytes.data() + at);
}

uint32_t characteristicsOf(const NewSection &section) {
  uint32_t contents = section.executable    ? IMAGE_SCN_CNT_CODE
                      : section.zeroes != 0 ? IMAGE_SCN_CNT_UNINITIALIZED_DATA
                                            : IMAGE_SCN_CNT_INITIALIZED_DATA;
  return contents | IMAGE_SCN_MEM_READ |
         (section.executable ? uint32_t(IMAGE_SCN_MEM_EXECUTE) : 0) |
         (section.writable ? uint32_t(IMAGE_SCN_MEM_WRITE) : 0);
}

/// The sum of all words of 2 bytes, with carry, and the size; the field itself
/// counts as zero.
uint32_t checkSum(const Bytes &bytes, uint64_t field) {
  uint64_t sum = 0;
  for (uint64_t at = 0; at < bytes.size(); at += 2) {
    if (at == field || at == field + 2)
      continue;
    sum +=
        bytes[at] | (at + 1 < bytes.size() ? uint32_t(bytes[at + 1]) << 8 : 0);
    sum = (sum & 0xFFFF) + (sum >> 16);
  }
  sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<uint32_t>(sum + bytes.size());
}

class ImageWriter {
public:
  ImageWriter(const Image &image, ImageChanges &changes)
      : image(image), binary(image.binary), changes(changes),
        sections(std::move(changes.sections)),
        fileAlignment(image.fileAlignment) {}

  Expected<Bytes> write();

private:
  uint64_t headerAt() const { // file header
    return image.optionalAt - sizeof(coff_file_header);
  }
  uint64_t sectionHeaderAt(uint64_t index) const {
    return image.optionalAt + image.header->SizeOfOptionalHeader +
           index * sizeof(coff_section);
  }
  uint64_t directoryAt(unsigned index) const {
    return static_cast<uint64_t>(
               reinterpret_cast<const uint8_t *>(image.directories.data()) -
               image.file.data()) +
           index * sizeof(data_directory);
  }
  void setDirectory(unsigned index, uint64_t address, uint64_t size);
  uint32_t field(uint64_t at) const { return read32(out, at); }
  void addTo(uint64_t at, uint64_t more) {
    coff::write(out, at, read32(out, at) + more, 4);
  }

  void addGuardTables();
  Error addBaseRelocations();
  Error makeRoom();
  void applyPatches();
  uint64_t contentsEnd() const;
  void dropSignature();
  void takeName(SectionIndex old, coff_section &header);
  void insertSections();
  void moveFileOffsets(uint64_t from, uint64_t by);
  Error writeDirectories();
  void renewStamp();

  const Image &image;
  const Binary &binary;
  const ImageChanges &changes;
  std::vector<NewSection> sections;
  uint64_t fileAlignment;
  Bytes out;
};

void ImageWriter::setDirectory(unsigned index, uint64_t address,
                               uint64_t size) {
  coff::write(out, directoryAt(index), address == 0 ? 0 : address - binary.base,
              4);
  coff::write(out, directoryAt(index) + 4, size, 4);
}

/// Longer ones, of which the load configuration tells.
void ImageWriter::addGuardTables() {
  std::vector<GuardTable> tables = makeGuardTables(image, changes.copies);
  if (tables.empty())
    return;
  Place config =
      image.placeOf(image.directory(LOAD_CONFIG_TABLE).RelativeVirtualAddress);
  uint64_t at =
      image.headers[config.section - 1].PointerToRawData + config.offset;
  unsigned word = pointerSize(binary.arch);
  NewSection section;
  section.name = ".hpguard";
  section.address = alignTo(sections.back().address + sections.back().size(),
                            image.alignment);
  for (const GuardTable &table : tables) {
    coff::write(out, at + table.addressField,
                section.address + section.bytes.size(), word);
    coff::write(out, at + table.countField, table.count, word);
    append_range(section.bytes, table.bytes);
    section.bytes.resize(alignTo(section.bytes.size(), word), 0);
  }
  sections.push_back(std::move(section));
}

/// The loader must not touch what became a jump, and must adjust the pointers
/// in the copies.
Error ImageWriter::addBaseRelocations() {
  if (image.directory(BASE_RELOCATION_TABLE).Size == 0)
    return Error::success();
  Expected<std::vector<BaseRelocation>> old = readBaseRelocations(image);
  if (!old)
    return old.takeError();
  std::vector<std::pair<uint64_t, uint64_t>> patched; // RVAs
  for (const Patch &patch : changes.patches) {
    if (patch.isAddress)
      continue;
    uint64_t begin =
        binary.sections[patch.section].address + patch.offset - binary.base;
    patched.emplace_back(begin, begin + patch.size);
  }
  llvm::sort(patched);
  auto isPatched = [&](const BaseRelocation &relocation) {
    auto range = llvm::partition_point(patched, [&](const auto &candidate) {
      return candidate.second <= relocation.rva;
    });
    return range != patched.end() &&
           range->first < relocation.rva + widthOf(relocation);
  };
  std::vector<BaseRelocation> all;
  copy_if(*old, std::back_inserter(all),
          [&](const BaseRelocation &entry) { return !isPatched(entry); });
  if (all.size() == old->size() && changes.relocated.empty())
    return Error::success();
  uint8_t type = pointerSize(binary.arch) == 8 ? IMAGE_REL_BASED_DIR64
                                               : IMAGE_REL_BASED_HIGHLOW;
  for (uint64_t address : changes.relocated)
    all.push_back({static_cast<uint32_t>(address - binary.base), type});
  llvm::sort(all, [](const BaseRelocation &a, const BaseRelocation &b) {
    return a.rva < b.rva;
  });
  NewSection section;
  section.name = ".reloc";
  section.address = alignTo(sections.back().address + sections.back().size(),
                            image.alignment);
  section.bytes = makeBaseRelocations(all);
  sections.push_back(std::move(section));
  return Error::success();
}

/// Room for the headers of the new sections.
Error ImageWriter::makeRoom() {
  uint64_t end = sectionHeaderAt(image.headers.size());
  uint64_t wanted = end + sections.size() * sizeof(coff_section);
  uint64_t firstRaw = out.size(), firstAddress = UINT32_MAX;
  for (const coff_section &header : image.headers) {
    if (header.SizeOfRawData != 0 && header.PointerToRawData != 0)
      firstRaw = std::min<uint64_t>(firstRaw, header.PointerToRawData);
    firstAddress = std::min<uint64_t>(firstAddress, header.VirtualAddress);
  }
  // Old linkers put the list of bound imports here; without one, imports are
  // looked up as ever.
  data_directory bound = image.directory(BOUND_IMPORT);
  if (bound.Size != 0) {
    uint64_t at = bound.RelativeVirtualAddress;
    if (at >= end && at <= firstRaw && bound.Size <= firstRaw - at)
      std::fill_n(out.begin() + static_cast<ptrdiff_t>(at), bound.Size, 0);
    setDirectory(BOUND_IMPORT, 0, 0);
  }
  for (uint64_t at = end; at < std::min(wanted, firstRaw); ++at)
    if (out[at] != 0)
      return errorIn(binary, "no room for headers of " +
                                 Twine(sections.size()) +
                                 " more sections: something that is not known "
                                 "stands behind the others");
  if (wanted <= firstRaw && wanted <= image.headersSize)
    return Error::success();
  uint64_t more = alignTo(wanted - std::min(firstRaw, wanted), fileAlignment);
  uint64_t headersSize =
      std::max(alignTo(wanted, fileAlignment), image.headersSize);
  if (headersSize > firstAddress)
    return errorIn(binary, "no room for headers of " + Twine(sections.size()) +
                               " more sections before the first section");
  if (more != 0) {
    out.insert(out.begin() + static_cast<ptrdiff_t>(firstRaw), more, 0);
    moveFileOffsets(firstRaw, more);
  }
  coff::write(out, image.optionalAt + kSizeOfHeaders, headersSize, 4);
  return Error::success();
}

/// What the headers and the debug directory say of places in the file from
/// \p from on.
void ImageWriter::moveFileOffsets(uint64_t from, uint64_t by) {
  auto move = [&](uint64_t at) {
    if (field(at) >= from)
      addTo(at, by);
  };
  move(headerAt() + kSymbolTable);
  // Debug information behind the sections, or in one.
  data_directory debug = image.directory(DEBUG_DIRECTORY);
  Place place = image.placeOf(debug.RelativeVirtualAddress);
  if (debug.Size != 0 && !image.bytesAt(place, debug.Size).empty()) {
    uint64_t table = field(sectionHeaderAt(place.section - 1) +
                           offsetof(coff_section, PointerToRawData)) +
                     place.offset;
    if (table >= from)
      table += by; // the header below is still to be moved
    for (uint64_t at = 0; at + kDebugEntry <= debug.Size; at += kDebugEntry)
      move(table + at + kDebugFileOffset);
  }
  for (size_t i = 0; i != image.headers.size(); ++i)
    if (field(sectionHeaderAt(i) + offsetof(coff_section, SizeOfRawData)) != 0)
      move(sectionHeaderAt(i) + offsetof(coff_section, PointerToRawData));
}

void ImageWriter::applyPatches() {
  for (const Patch &patch : changes.patches)
    llvm::copy(patch.bytes(),
               out.begin() +
                   static_cast<ptrdiff_t>(
                       image.headers[patch.section - 1].PointerToRawData +
                       patch.offset));
}

/// File offset behind the contents of all sections.
uint64_t ImageWriter::contentsEnd() const {
  uint64_t end = 0;
  for (size_t i = 0; i != image.headers.size(); ++i) {
    uint64_t header = sectionHeaderAt(i);
    uint64_t raw = field(header + offsetof(coff_section, PointerToRawData));
    uint64_t size = field(header + offsetof(coff_section, SizeOfRawData));
    if (raw != 0 && size != 0)
      end = std::max(end, raw + size);
  }
  return end;
}

/// It says that nothing was changed. (Its directory has an offset in the file.)
void ImageWriter::dropSignature() {
  data_directory signature = image.directory(CERTIFICATE_TABLE);
  uint64_t at = signature.RelativeVirtualAddress;
  if (signature.Size == 0)
    return;
  bool isLast = at >= contentsEnd() && at < out.size() &&
                at + signature.Size >= out.size() &&
                image.header->PointerToSymbolTable <= at;
  if (isLast)
    out.resize(at);
  coff::write(out, directoryAt(CERTIFICATE_TABLE), 0, 8);
}

/// Debuggers and unwinders find a section by its name, the first that has it.
/// One of more than 8 letters stands elsewhere in the file.
void ImageWriter::takeName(SectionIndex old, coff_section &header) {
  constexpr char kOld[sizeof(header.Name)] = {'.', 'h', 'p', 'o', 'l', 'd'};
  std::copy_n(image.headers[old - 1].Name, sizeof(header.Name), header.Name);
  llvm::copy(kOld,
             out.begin() + static_cast<ptrdiff_t>(sectionHeaderAt(old - 1)));
}

/// Contents and headers of the new sections, before the overlay.
void ImageWriter::insertSections() {
  uint64_t end = contentsEnd();
  Bytes contents(alignTo(end, fileAlignment) - end, 0);
  uint64_t code = 0, data = 0, zeroes = 0;
  for (size_t i = 0; i != sections.size(); ++i) {
    const NewSection &section = sections[i];
    coff_section header = {};
    std::copy_n(section.name.begin(),
                std::min(section.name.size(), sizeof(header.Name)),
                header.Name);
    if (section.replaces != 0)
      takeName(section.replaces, header);
    header.VirtualSize = static_cast<uint32_t>(section.size());
    header.VirtualAddress =
        static_cast<uint32_t>(section.address - binary.base);
    uint64_t rawSize = alignTo(section.bytes.size(), fileAlignment);
    header.SizeOfRawData = static_cast<uint32_t>(rawSize);
    header.PointerToRawData =
        static_cast<uint32_t>(rawSize == 0 ? 0 : end + contents.size());
    header.Characteristics = characteristicsOf(section);
    (section.executable    ? code
     : section.zeroes != 0 ? zeroes
                           : data) +=
        section.zeroes != 0 ? alignTo(section.zeroes, fileAlignment) : rawSize;
    contents.insert(contents.end(), section.bytes.begin(), section.bytes.end());
    contents.resize(contents.size() + rawSize - section.bytes.size(), 0);
    auto *bytes = reinterpret_cast<const uint8_t *>(&header);
    std::copy_n(bytes, sizeof(header),
                out.begin() + static_cast<ptrdiff_t>(
                                  sectionHeaderAt(image.headers.size() + i)));
  }
  moveFileOffsets(end, contents.size());
  out.insert(out.begin() + static_cast<ptrdiff_t>(end), contents.begin(),
             contents.end());
  addTo(image.optionalAt + kSizeOfCode, code);
  addTo(image.optionalAt + kSizeOfData, data);
  addTo(image.optionalAt + kSizeOfZeroes, zeroes);
  coff::write(out, headerAt() + 2, image.headers.size() + sections.size(), 2);
  const NewSection &last = sections.back();
  coff::write(
      out, image.optionalAt + kSizeOfImage,
      alignTo(last.address + last.size() - binary.base, image.alignment), 4);
}

Error ImageWriter::writeDirectories() {
  for (const NewSection &section : sections) {
    bool isUnwind = section.name == ".pdata";
    if (!isUnwind && section.name != ".reloc")
      continue;
    unsigned index = isUnwind ? EXCEPTION_TABLE : BASE_RELOCATION_TABLE;
    if (index >= image.directories.size())
      return errorIn(binary, "has no data directory for " + section.name);
    setDirectory(index, section.address, section.size());
  }
  return Error::success();
}

/// Patches made for the old file must not be taken for this one's. Debug
/// information has the same stamp, where it has one.
void ImageWriter::renewStamp() {
  uint64_t at = headerAt() + kTimeDateStamp;
  uint32_t old = field(at);
  auto hash = SHA1::hash(out);
  uint32_t stamp = support::endian::read32le(hash.data());
  coff::write(out, at, stamp, 4);
  data_directory debug = image.directory(DEBUG_DIRECTORY);
  Place place = image.placeOf(debug.RelativeVirtualAddress);
  if (old == 0 || debug.Size == 0 || image.bytesAt(place, debug.Size).empty())
    return;
  uint64_t table = field(sectionHeaderAt(place.section - 1) +
                         offsetof(coff_section, PointerToRawData)) +
                   place.offset;
  for (uint64_t entry = 0; entry + kDebugEntry <= debug.Size;
       entry += kDebugEntry)
    if (field(table + entry + kDebugStamp) == old)
      coff::write(out, table + entry + kDebugStamp, stamp, 4);
}

Expected<Bytes> ImageWriter::write() {
  out = image.file.vec();
  applyPatches();
  dropSignature();
  addGuardTables();
  if (Error error = addBaseRelocations())
    return error;
  if (Error error = makeRoom())
    return error;
  insertSections();
  if (Error error = writeDirectories())
    return error;
  renewStamp();
  uint64_t sum = image.optionalAt + kCheckSum;
  if (field(sum) != 0)
    coff::write(out, sum, checkSum(out, sum), 4);
  return std::move(out);
}

} // namespace

uint64_t Image::firstFreeAddress() const {
  uint64_t end = headersSize;
  for (const coff_section &header : headers)
    end = std::max<uint64_t>(
        end, uint64_t(header.VirtualAddress) +
                 std::max<uint32_t>(header.VirtualSize, header.SizeOfRawData));
  return binary.base + alignTo(end, alignment);
}

Expected<FileBytes> Image::writeImage(ImageChanges &changes) const {
  Expected<Bytes> bytes = ImageWriter(*this, changes).write();
  if (!bytes)
    return bytes.takeError();
  return FileBytes(std::move(*bytes));
}

} // namespace hotpad::coff
