//===- ImageRoots.cpp - what leads into the code of an image --------------===//
//
// Besides exports and the entry point (ImageFunctions.cpp):
//
//     base relocations    fields that hold addresses, some of them of code
//     TLS directory       functions that the loader calls
//     load configuration  what indirect calls may lead to (CFG), where
//                         exceptions and longjmp may go on, and on x86 the
//                         handlers of structured exceptions
//
// Format: "PE Format", and IMAGE_LOAD_CONFIG_DIRECTORY64 and 32 in winnt.h.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/BaseRelocations.h"
#include "rewriter/coff/GuardTables.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include <optional>

using namespace llvm;
using namespace llvm::object;

namespace hotpad::coff {

namespace {

uint64_t readWord(ArrayRef<uint8_t> bytes, unsigned width) {
  uint64_t value = 0;
  for (unsigned i = 0; i != width && i < bytes.size(); ++i)
    value |= uint64_t(bytes[i]) << (8 * i);
  return value;
}

class RootFinder {
public:
  explicit RootFinder(Image &image)
      : image(image), binary(image.binary), word(pointerSize(binary.arch)) {}

  Error run() {
    if (Error error = readRelocated())
      return error;
    if (Error error = readCallbacks())
      return error;
    return readGuardTables();
  }

private:
  bool isCode(Place place) const {
    return place.section != 0 && binary.sections[place.section].executable;
  }
  /// Of an address, in an image at its preferred place.
  Place placeAt(uint64_t address) const {
    uint64_t rva = address - binary.base;
    return rva <= UINT32_MAX ? image.placeOf(rva) : Place();
  }

  Error readRelocated() {
    Expected<std::vector<BaseRelocation>> all = readBaseRelocations(image);
    if (!all)
      return all.takeError();
    binary.positionIndependent = !all->empty();
    for (const BaseRelocation &relocation : *all) {
      Place field = image.placeOf(relocation.rva);
      ArrayRef<uint8_t> bytes = image.bytesAt(field, widthOf(relocation));
      if (bytes.empty())
        continue; // of the headers, or of nothing
      binary.relocated.push_back(field);
      // In 32-bit code any operand may be one; what it means, only the
      // instruction says.
      if (word == 4 && binary.sections[field.section].executable)
        continue;
      Place target = placeAt(readWord(bytes, widthOf(relocation)));
      if (isCode(target))
        binary.roots.push_back({target, Source::Pointer});
    }
    return Error::success();
  }

  Error readCallbacks() {
    data_directory directory = image.directory(COFF::TLS_TABLE);
    if (directory.Size == 0)
      return Error::success();
    ArrayRef<uint8_t> bytes = image.bytesAt(
        image.placeOf(directory.RelativeVirtualAddress), 4 * word);
    if (bytes.empty())
      return errorIn(binary,
                     "the TLS directory at " +
                         hex(uint32_t(directory.RelativeVirtualAddress)) +
                         " lies in no section");
    uint64_t list = readWord(bytes.drop_front(3 * word), word);
    if (list == 0)
      return Error::success();
    for (Place field = placeAt(list);; field.offset += word) {
      ArrayRef<uint8_t> pointer = image.bytesAt(field, word);
      uint64_t address = readWord(pointer, word);
      if (address == 0) // the end, or of a section without contents
        return Error::success();
      if (Place place = placeAt(address); isCode(place))
        binary.roots.push_back({place, Source::ThreadCallback});
    }
  }

  Error readGuardTables() {
    const GuardFields &fields = guardFields(image);
    // Tables of CFG have this many more bytes in each row.
    unsigned extra =
        static_cast<unsigned>(loadConfigField(image, fields.flags, 4) >> 28);
    struct {
      uint64_t table, count;
      unsigned rowSize;
      std::optional<Source> source; ///< None: of what is no function.
    } tables[] = {
        {fields.handlers, fields.handlerCount, 4, Source::HandlerTable},
        {fields.calls, fields.callCount, 4 + extra, Source::GuardTable},
        {fields.jumps, fields.jumpCount, 4 + extra, std::nullopt},
        {fields.continued, fields.continueCount, 4 + extra, std::nullopt},
    };
    for (const auto &row : tables) {
      uint64_t count = loadConfigField(image, row.count, word);
      Place place = placeAt(loadConfigField(image, row.table, word));
      if (row.table == 0 || count == 0)
        continue;
      ArrayRef<uint8_t> bytes;
      if (count <= UINT32_MAX)
        bytes = image.bytesAt(place, count * row.rowSize);
      if (bytes.empty())
        return errorIn(binary, "a guard table of " + Twine(count) +
                                   " rows lies in no section");
      for (; !bytes.empty(); bytes = bytes.drop_front(row.rowSize)) {
        Place target = image.placeOf(readWord(bytes, 4));
        if (isCode(target) && row.source)
          binary.roots.push_back({target, *row.source});
        else if (isCode(target))
          binary.landingPads.push_back(target);
      }
    }
    return Error::success();
  }

  Image &image;
  Binary &binary;
  uint64_t word; // bytes
};

} // namespace

uint64_t loadConfigField(const Image &image, uint64_t offset, unsigned width) {
  data_directory directory = image.directory(COFF::LOAD_CONFIG_TABLE);
  if (directory.Size == 0 || offset == 0)
    return 0;
  Place place = image.placeOf(directory.RelativeVirtualAddress);
  uint64_t size = readWord(image.bytesAt(place, 4), 4);
  if (size < offset + width)
    return 0;
  place.offset += offset;
  return readWord(image.bytesAt(place, width), width);
}

Error findImageRoots(Image &image) { return RootFinder(image).run(); }

} // namespace hotpad::coff
