//===- Encoding.cpp -------------------------------------------------------===//

#include "patcher/core/Encoding.h"

namespace hotpad::patch {

bool reachesSlot(Bits bits, uint64_t entry, uint64_t slot) {
  if (bits == Bits::B32)
    return slot <= UINT32_MAX;
  int64_t distance = static_cast<int64_t>(slot - entry);
  return distance == static_cast<int32_t>(distance);
}

PadBytes encodePad(Bits bits, uint64_t entry, uint64_t slot) {
  uint32_t field =
      static_cast<uint32_t>(bits == Bits::B64 ? slot - entry : slot);
  PadBytes pad = {0xff, 0x25};
  for (unsigned i = 0; i != 4; ++i)
    pad[2 + i] = static_cast<uint8_t>(field >> (8 * i));
  return pad;
}

std::optional<uint64_t> decodePad(Bits bits, uint64_t entry,
                                  const PadBytes &pad) {
  if (pad[0] != 0xff || pad[1] != 0x25)
    return std::nullopt;
  uint32_t field = 0;
  for (unsigned i = 0; i != 4; ++i)
    field |= uint32_t(pad[2 + i]) << (8 * i);
  if (bits == Bits::B32)
    return field;
  return entry + static_cast<uint64_t>(int64_t(int32_t(field)));
}

SiteBytes encodeSite(uint64_t entry, uint64_t site) {
  return {0xeb, static_cast<uint8_t>(entry - kPadSize - (site + kSiteSize))};
}

bool isInOneWord(uint64_t site) { return site % 8 != 7; }

} // namespace hotpad::patch
