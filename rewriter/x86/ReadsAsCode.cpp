//===- ReadsAsCode.cpp ----------------------------------------------------===//

#include "rewriter/x86/ReadsAsCode.h"
#include "rewriter/x86/Decoder.h"
#include "llvm/ADT/DenseSet.h"

using namespace llvm;

namespace hotpad::x86 {

/// What goes on for longer than this without nonsense is code.
constexpr size_t kEnough = 256; // instructions

/// Zeros, and what fills the space between functions, decode but are no code.
static bool isFill(uint8_t first) { return first == 0 || first == 0xCC; }

bool readsAsCode(const Binary &binary, Place place) {
  const Section &section = binary.sections[place.section];
  DenseSet<uint64_t> seen;
  SmallVector<uint64_t, 8> starts = {place.offset};
  if (place.offset >= section.bytes.size() ||
      isFill(section.bytes[place.offset]))
    return false;
  while (!starts.empty()) {
    uint64_t at = starts.pop_back_val();
    while (seen.insert(at).second) {
      Instruction instruction;
      if (!decode(binary.arch, section.bytes, at, instruction) ||
          section.bytes[at] == 0)
        return false;
      if (seen.size() >= kEnough)
        return true;
      at += instruction.length;
      if (instruction.isRelative) {
        uint64_t address =
            section.address + at + static_cast<uint64_t>(instruction.field);
        if (pointerSize(binary.arch) == 4)
          address &= UINT32_MAX;
        Place target = binary.placeAt(address);
        if (target.section == 0 || !binary.sections[target.section].executable)
          return false;
        if (target.section == place.section && instruction.flow != Flow::Call)
          starts.push_back(target.offset);
      }
      if (instruction.flow == Flow::Jump || instruction.flow == Flow::Stop ||
          instruction.flow == Flow::IndirectJump ||
          (instruction.flow == Flow::Call && at >= section.bytes.size()))
        break;
    }
  }
  return true;
}

} // namespace hotpad::x86
