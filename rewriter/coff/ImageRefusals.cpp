//===- ImageRefusals.cpp - images that are left as they are ---------------===//
//
// What keeps tables of its own about the code, or unpacks the code when it is
// started, would break. (Runtimes of languages: image/Runtimes.cpp.)
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/Image.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::object;

namespace hotpad::coff {

namespace {

constexpr uint64_t kPageSize = 0x1000;

/// UPX has the program packed in a section that it unpacks to another, and the
/// entry point where it is packed.
bool isPacked(const Image &image) {
  Place entry = image.placeOf(image.entryPoint);
  return image.binary.sections[entry.section].name == "UPX1" &&
         any_of(image.binary.sections,
                [](const Section &section) { return section.name == "UPX0"; });
}

/// What is changed in one place of the file must not change another.
Error refuseOverlaps(const Image &image) {
  uint64_t headersEnd = static_cast<uint64_t>(
      reinterpret_cast<const uint8_t *>(image.headers.end()) -
      image.file.data());
  std::vector<std::pair<uint64_t, uint64_t>> ranges = {{0, headersEnd}};
  for (const coff_section &header : image.headers)
    if (header.PointerToRawData != 0 && header.SizeOfRawData != 0)
      ranges.emplace_back(header.PointerToRawData,
                          uint64_t(header.PointerToRawData) +
                              header.SizeOfRawData);
  uint64_t symbols = image.header->PointerToSymbolTable;
  uint64_t count = image.header->NumberOfSymbols;
  if (symbols != 0 && count != 0)
    ranges.emplace_back(symbols, symbols + count * sizeof(coff_symbol16));
  llvm::sort(ranges);
  for (size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].first < ranges[i - 1].second)
      return errorIn(image.binary,
                     "what is at " + hex(ranges[i].first) +
                         " of the file (a section, or symbols) begins before "
                         "what stands there ends (" +
                         hex(ranges[i - 1].second) + ")");
  return Error::success();
}

} // namespace

std::vector<std::string> Image::imageWarnings() const {
  if (directory(COFF::CERTIFICATE_TABLE).Size == 0)
    return {};
  return {binary.name + ": the signature is dropped: it is the old file's"};
}

Error Image::refuseImage() const {
  bool is64 = binary.arch == Arch::X86_64;
  auto fail = [&](const Twine &message) { return errorIn(binary, message); };
  if (directory(COFF::CLR_RUNTIME_HEADER).Size != 0)
    return fail("a .NET image: its code is checked against tables that are not "
                "understood");
  if (loadConfigField(*this, is64 ? 0xF0 : 0x94, 4) != 0)
    return fail("made for Windows' own hot patching: its load configuration "
                "has a table of patches");
  if (isPacked(*this))
    return fail("packed by UPX: unpack it first (upx -d)");
  if (!isPowerOf2_64(alignment) || alignment < kPageSize ||
      !isPowerOf2_64(fileAlignment) || fileAlignment > alignment)
    return fail("sections aligned to " + hex(alignment) + " in memory and to " +
                hex(fileAlignment) + " in the file, and not to pages");
  for (const coff_section &header : headers)
    if (header.VirtualAddress % alignment != 0)
      return fail("a section at " + hex(uint32_t(header.VirtualAddress)) +
                  " is not aligned to " + hex(alignment));
  if (headers.empty())
    return fail("has no sections");
  if (binary.base % alignment != 0)
    return fail("its preferred address " + hex(binary.base) +
                " is not aligned to " + hex(alignment));
  return refuseOverlaps(*this);
}

} // namespace hotpad::coff
