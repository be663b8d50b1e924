//===- Plan.h - what is written, in which order -----------------*- C++ -*-===//
//
// Switching functions is a list of writes. Their order is what makes it safe to
// stop anywhere between two of them, the patcher's own sudden death included:
//
//     1. slots      nothing reads them yet
//     2. pads       nothing jumps there yet
//     3. switches   one store each, from wholly old to wholly new
//
// The switch is the site of a function that runs its own code, and the slot of
// one that is replaced already: both are one aligned word. Going back is the
// same: a switch, and nothing after it. Pads and slots stay as they are, since
// a thread may be on its way through them.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_CORE_PLAN_H
#define HOTPAD_PATCHER_CORE_PLAN_H

#include "patcher/core/Encoding.h"
#include "patcher/core/Slots.h"
#include <functional>
#include <string>
#include <vector>

namespace hotpad::patch {

/// What went wrong; nothing: all is well.
using Failure = std::optional<std::string>;

struct Write {
  uint64_t address = 0;
  std::vector<uint8_t> before, after;
};

/// The memory of a process.
struct Memory {
  virtual ~Memory() = default;
  virtual Failure read(uint64_t address, uint8_t *bytes, size_t size) = 0;
  /// Writes to code and data alike, whatever the page allows. What lies within
  /// one aligned word of 8 is stored at once.
  virtual Failure write(uint64_t address, const uint8_t *bytes,
                        size_t size) = 0;
  /// Does all of \p writes, in any order: one after the other, unless there is
  /// a quicker way. When it fails, some are done.
  virtual Failure writeAll(const std::vector<Write> &writes);
};

/// Where a function is patched, and what its code is without a patch.
struct Place {
  uint64_t entry = 0, site = 0; ///< Addresses in the process.
  PadBytes pad{};               ///< As the file has them.
  SiteBytes original{};
};

/// Whether a thread that stands at \p address would run part of what a patch
/// changes: in the pad, or between the two bytes of the site.
inline bool isInTheWay(uint64_t address, const Place &place) {
  return (address >= place.entry - kPadSize && address < place.entry) ||
         address == place.site + 1;
}

/// What a function's bytes in the process say.
struct State {
  enum Kind {
    Original, ///< Never patched.
    Replaced, ///< Calls go to `target`.
    Reverted, ///< Its own code runs again; pad and slot are kept.
    Foreign,  ///< Something else has changed pad or site.
  };
  Kind kind = Foreign;
  uint64_t slot = 0;   ///< Replaced, Reverted.
  uint64_t target = 0; ///< What the slot holds.
};

/// \p isSlot says whether an address is one of the image's slots.
template <typename IsSlot>
State readState(Bits bits, const Place &place, const PadBytes &pad,
                const SiteBytes &site, IsSlot isSlot) {
  State state;
  std::optional<uint64_t> slot = decodePad(bits, place.entry, pad);
  bool padIsOurs = pad != place.pad && slot && isSlot(*slot);
  if (padIsOurs)
    state.slot = *slot;
  if (site == place.original)
    state.kind = padIsOurs          ? State::Reverted
                 : pad == place.pad ? State::Original
                                    : State::Foreign;
  else if (padIsOurs && site == encodeSite(place.entry, place.site))
    state.kind = State::Replaced;
  return state;
}

/// Collects writes, and does them in order.
class Plan {
public:
  explicit Plan(Bits bits) : bits(bits) {}

  /// Calls of the function at \p place, which is in \p state, shall go to
  /// \p target. \p slot is a free one, for a function that has none yet.
  void replace(const Place &place, const State &state, uint64_t target,
               uint64_t slot);
  /// The function at \p place, which never was replaced, shall have pad and
  /// slot, a free one, which lead to itself as yet.
  void prepare(const Place &place, uint64_t slot);
  /// The replaced function that is in \p state shall be replaced by \p target.
  void retarget(const State &state, uint64_t target);
  /// The replaced function at \p place shall run its own code again.
  void restore(const Place &place);

  /// Makes sure of what every write will find, then writes all. When one fails,
  /// those before it are taken back, the last one first. Before the switches,
  /// \p barrier makes sure that what was written is seen by all who run.
  Failure run(Memory &memory,
              const std::function<Failure()> &barrier = {}) const;

  size_t size() const { return slots.size() + pads.size() + switches.size(); }

private:
  Failure check(Memory &memory) const;

  Bits bits;
  std::vector<Write> slots, pads, switches;
};

} // namespace hotpad::patch

#endif
