//===- PadFunctions.cpp ---------------------------------------------------===//
//
// Puts the pad before each entry (contract C1), under rule ALIGN: an entry
// stays on the alignment it had, existing padding is used first, and what is
// added is what the alignment asks for.
//
//     before   ...ret | nop nop nop | f:          gap 3, f at 16 * k
//     after    ...ret | cc cc ... cc (19) | f:    gap 19, f at 16 * (k + 1)
//
// The gap [gapBegin, entry) is replaced as a whole when it has to change, so
// that the pad is uniform (but for what something names in it, which stays):
// int3 as a rule; NOPs behind a call that may return
// after all; a short jump over int3 where code runs into the function.
//
// Data between functions keeps its offset modulo the section's alignment, since
// aligned loads may read it: what is missing is inserted before it.
//
//===----------------------------------------------------------------------===//

#include "passes/Pass.h"
#include "rewriter/x86/Nops.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace hotpad {

namespace {

constexpr uint8_t kInt3 = 0xCC;
constexpr uint8_t kNop = 0x90;

/// The largest power of two that \p offset keeps in a section so aligned.
uint64_t alignmentOf(uint64_t offset, uint64_t sectionAlignment) {
  if (offset == 0)
    return sectionAlignment;
  return std::min<uint64_t>(sectionAlignment, 1ull << countr_zero(offset));
}

/// Whether two bytes at \p offset lie in one aligned 8-byte word wherever the
/// section, aligned to \p alignment, ends up.
bool siteFitsWord(uint64_t offset, uint64_t alignment) {
  uint64_t mask = std::min<uint64_t>(alignment, 8) - 1;
  return mask != 0 && (offset & mask) != mask;
}

SmallVector<uint8_t, 32> padBytes(Arch arch, uint64_t size,
                                  const Function &function,
                                  const Layout &layout) {
  if (layout.nopPad) {
    // Consumers write into the last bytes: the pad is NOPs of its own.
    auto bytes = x86::nops(arch, size - std::min<uint64_t>(size, layout.pad));
    SmallVector<uint8_t, 32> all(bytes.begin(), bytes.end());
    all.append(size - bytes.size(), kNop);
    return all;
  }
  bool runsInto = function.fallsInto == FallsInto::Yes;
  if (runsInto && size >= layout.pad + 2 && size <= 129) {
    SmallVector<uint8_t, 32> bytes(size, kInt3);
    bytes[0] = 0xEB; // jmp over the rest
    bytes[1] = static_cast<uint8_t>(size - 2);
    return bytes;
  }
  uint8_t fill = function.fallsInto == FallsInto::No ? kInt3 : kNop;
  return SmallVector<uint8_t, 32>(size, fill);
}

class Padder {
public:
  Padder(const PassInput &input, const OffsetMap &map, EditList &edits)
      : input(input), section(input.code()), map(map), edits(edits),
        alignment(neededAlignment(section, input.functions)) {}

  void run() {
    auto data = section.data.begin();
    for (const Function &function : input.functions) {
      for (; data != section.data.end() && data->begin < function.entry; ++data)
        placeData(*data);
      placeFunction(function);
    }
    for (; data != section.data.end(); ++data)
      placeData(*data);
  }

private:
  /// New offset of an old one, with the pads placed so far.
  uint64_t position(uint64_t offset, Side side) const {
    return map.at(offset, side).value + static_cast<uint64_t>(growth);
  }

  void placeData(const DataRun &run) {
    uint64_t shift = position(run.begin, Side::End) - run.begin;
    uint64_t missing = alignTo(shift, section.alignment) - shift;
    if (missing == 0)
      return;
    if (run.roomIsExecuted)
      edits.insertAfterLabel(run.room, x86::nops(input.binary.arch, missing));
    else
      edits.insertBeforeLabel(run.room,
                              SmallVector<uint8_t, 64>(missing, kInt3));
    growth += static_cast<int64_t>(missing);
  }

  /// Whether the gap may stay as it is where it is.
  bool gapSuffices(const Function &function, uint64_t size) const {
    if (size < input.layout.pad)
      return false;
    uint64_t padBegin = function.entry - input.layout.pad;
    // Run through, the gap needs an instruction that begins with the pad.
    if (function.fallsInto == FallsInto::Yes && input.layout.pad != 0 &&
        section.code.length(padBegin) == 0)
      return false;
    if (input.layout.nopPad)
      for (uint64_t at = padBegin; at != function.entry; ++at)
        if (section.bytes[at] != kNop)
          return false;
    return true;
  }

  void placeFunction(const Function &function) {
    bool skipped = function.skip != SkipReason::None;
    uint64_t keptBegin = skipped ? function.gapBegin : function.gapKept;
    uint64_t oldSize = function.entry - function.gapBegin;
    uint64_t kept = function.entry - keptBegin;
    uint64_t begin = position(function.gapBegin, Side::End);
    // The linker pads sections: what begins one needs nothing here.
    bool isLinkers = input.padByLinker && function.entry == 0;
    uint64_t pad = skipped || isLinkers ? 0 : input.layout.pad;
    uint64_t keep = alignmentOf(function.entry, section.alignment);
    auto fits = [&](uint64_t entry) {
      return entry % keep == function.entry % keep &&
             (skipped || siteFitsWord(entry + (function.site - function.entry),
                                      alignment));
    };

    // As much of the old gap as possible; if none of it suffices, more.
    bool suffices = skipped || isLinkers || gapSuffices(function, oldSize);
    // What stays needs a jump over it when code runs into it as it is.
    uint64_t least =
        std::max(pad, kept + (kept != 0 && !suffices &&
                                      function.fallsInto == FallsInto::Yes
                                  ? 2
                                  : 0));
    uint64_t size = std::max(oldSize, least);
    while (size > least && !fits(begin + size))
      --size;
    if (!fits(begin + size)) {
      size = std::max(least, oldSize);
      while (!fits(begin + size))
        ++size;
    }
    if (size == oldSize && suffices)
      return;
    edits.replace(function.gapBegin, keptBegin - function.gapBegin, {});
    auto bytes = padBytes(input.binary.arch, size, function, input.layout);
    bytes.truncate(size - kept);
    edits.insertBeforeLabel(keptBegin, bytes);
    growth += static_cast<int64_t>(size) - static_cast<int64_t>(oldSize);
  }

  const PassInput &input;
  const Section &section;
  const OffsetMap &map; ///< Of the edits before this pass.
  EditList &edits;
  uint64_t alignment; ///< The section's, after rewriting.
  int64_t growth = 0;
};

} // namespace

uint64_t neededAlignment(const Section &section, ArrayRef<Function> functions) {
  for (const Function &function : functions)
    if (function.skip == SkipReason::None)
      return std::max<uint64_t>(section.alignment, 2);
  return section.alignment;
}

Error padFunctions(const PassInput &input, EditList &edits) {
  EditList soFar = edits;
  Expected<OffsetMap> map = soFar.freeze(input.code().size);
  if (!map)
    return map.takeError();
  Padder(input, *map, edits).run();
  return Error::success();
}

} // namespace hotpad
