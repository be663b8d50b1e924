//===- UnknownCode.cpp ----------------------------------------------------===//

#include "rewriter/x86/UnknownCode.h"
#include "rewriter/x86/JumpTables.h"
#include "llvm/Support/Endian.h"
#include <optional>

using namespace llvm;
using namespace llvm::support;

namespace hotpad::x86 {

static std::optional<uint64_t> possibleBranch(const Section &section,
                                              uint64_t at) {
  ArrayRef<uint8_t> bytes = section.bytes.drop_front(at);
  uint8_t opcode = bytes[0];
  if (bytes.size() >= 2 &&
      (opcode == 0xEB || (opcode & 0xF0) == 0x70 || (opcode & 0xFC) == 0xE0))
    return at + 2 + static_cast<uint64_t>(int64_t(int8_t(bytes[1])));
  bool isConditional =
      opcode == 0x0F && bytes.size() >= 2 && (bytes[1] & 0xF0) == 0x80;
  size_t field = opcode == 0xE9 ? 1 : isConditional ? 2 : 0;
  if (field == 0 || bytes.size() < field + 4)
    return std::nullopt;
  return at + field + 4 +
         static_cast<uint64_t>(int64_t(
             static_cast<int32_t>(endian::read32le(bytes.data() + field))));
}

void forEachUnknownBranch(
    const Binary &binary,
    function_ref<void(Place source, uint64_t target)> visit) {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (!section.executable || section.noBits || section.code.empty())
      continue;
    for (uint64_t at = 0; at < section.bytes.size();) {
      if (unsigned length = section.code.length(at)) {
        at += length;
        continue;
      }
      if (std::optional<uint64_t> target = possibleBranch(section, at))
        visit({at, i, Side::Label}, *target);
      ++at;
    }
  }
}

bool mayBeBranchedTo(const Section &section, uint64_t offset) {
  constexpr uint8_t kLock = 0xF0;
  return !splitsInstruction(section.code, offset) ||
         section.bytes[offset - 1] == kLock;
}

} // namespace hotpad::x86
