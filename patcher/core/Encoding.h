//===- Encoding.h - the bytes of a patch ------------------------*- C++ -*-===//
//
// A function with entry E and patch site S (E, or E+4 behind an endbr):
//
//        E-6: FF 25 disp32   jmp *slot        the pad
//        S:   EB F8          jmp E-6          the site; EB F4 behind an endbr
//
// disp32 is the distance from E to the slot in 64-bit code, and the slot's
// address in 32-bit code. Nothing else is written into code, and nothing that
// stands here knows how bytes get into a process.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_CORE_ENCODING_H
#define HOTPAD_PATCHER_CORE_ENCODING_H

#include <array>
#include <cstdint>
#include <optional>

namespace hotpad::patch {

enum class Bits : uint8_t { B32, B64 };

inline constexpr unsigned kPadSize = 6;
inline constexpr unsigned kSiteSize = 2;
using PadBytes = std::array<uint8_t, kPadSize>;
using SiteBytes = std::array<uint8_t, kSiteSize>;

inline constexpr unsigned slotSize(Bits bits) {
  return bits == Bits::B64 ? 8 : 4;
}

/// Whether the jump in the pad of \p entry can name \p slot.
bool reachesSlot(Bits bits, uint64_t entry, uint64_t slot);

/// The jump through \p slot, which must be in reach.
PadBytes encodePad(Bits bits, uint64_t entry, uint64_t slot);

/// The slot that a pad jumps through; nothing when it is no such jump.
std::optional<uint64_t> decodePad(Bits bits, uint64_t entry,
                                  const PadBytes &pad);

/// The short jump from \p site to the pad of \p entry.
SiteBytes encodeSite(uint64_t entry, uint64_t site);

/// Whether the two bytes of \p site lie in one aligned word of 8.
bool isInOneWord(uint64_t site);

} // namespace hotpad::patch

#endif
