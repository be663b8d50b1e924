//===- OwnImage.h - the program or a library of this process ----*- C++ -*-===//
//
// The loader knows where an image is; which of its functions can be patched and
// what their bytes were says its file (hotpad_entries, hotpad_slots). Addresses
// are those in the process.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_OWNIMAGE_H
#define HOTPAD_OWNIMAGE_H

#include "hotpad/OwnMemory.h"
#include "hotpad/patch.h"

namespace hotpad::own {

inline constexpr patch::Bits kBits =
    sizeof(void *) == 8 ? patch::Bits::B64 : patch::Bits::B32;

struct Problem {
  hotpad_error code = HOTPAD_OK;
  std::string text;
};
using Result = std::optional<Problem>; ///< Nothing: all is well.

/// A function that can be patched, and what it is now.
struct Function {
  patch::Place place;
  patch::State state;
  /// Code may run through the padding before it, for all that is known.
  bool mayRunThroughPad = false;
  std::string where; ///< For messages.
};

class OwnImage {
public:
  /// Reads the image that \p address is in.
  Result read(OwnMemory &memory, uint64_t address);
  bool covers(uint64_t address) const {
    return address >= low && address < high;
  }

  /// The function at \p address, which may be a jump to it (a forwarded entry).
  Result find(OwnMemory &memory, uint64_t address, Function &found) const;
  /// Takes a free slot for \p function.
  Result takeSlot(OwnMemory &memory, const Function &function, uint64_t &slot);

private:
  struct Range {
    uint64_t begin = 0, end = 0;
    bool covers(uint64_t address) const {
      return address >= begin && address < end;
    }
  };
  struct Segment {
    Range inFile; ///< Addresses of what the file holds.
    uint64_t offset = 0;
  };
  bool locate(uint64_t address);
  Result readSections(OwnMemory &memory);
  Result addEntries(OwnMemory &memory, const Range &range);
  Result findSlots(OwnMemory &memory);
  Result fileBytes(uint64_t address, uint8_t *bytes, size_t size) const;
  Problem notPatchable(uint64_t address) const;

  std::string path;
  OpenFile file;
  uint64_t bias = 0, low = 0, high = 0;
  uint64_t headersAt = 0; ///< Address of its program headers.
  std::vector<Segment> segments;
  std::vector<uint64_t> entries; ///< Sorted.
  std::vector<Range> slotRanges, copies;
  std::optional<patch::Slots> slots; ///< As soon as one is wanted.
};

} // namespace hotpad::own

#endif
