//===- BranchRelax.cpp ----------------------------------------------------===//
//
// A branch with a one-byte displacement reaches 127 bytes. When pads come
// between it and its target it may have to become a long one:
//
//     eb d8          jmp       e9 d32
//     7x d8          jcc       0f 8x d32
//     ex d8          loop,     ex 02 / eb 05 / e9 d32    (no long form exists)
//                    jrcxz
//
// Each branch grows at most once, so repeating this until nothing changes ends.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/BranchRelax.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::x86 {

std::vector<uint64_t> findUnreachable(const Binary &binary, SectionIndex index,
                                      const OffsetMap &map,
                                      ArrayRef<GrownBranch> grown) {
  std::vector<uint64_t> result;
  const Section &section = binary.sections[index];
  for (const Reference &reference : section.references) {
    if (!reference.isBranch || reference.width != 1 ||
        reference.target.section != index ||
        (reference.relocation != kNoRelocation &&
         section.relocations[reference.relocation].wideType == 0))
      continue;
    int64_t distance = static_cast<int64_t>(
        map.at(reference.target.offset, reference.target.side).value -
        map.at(reference.base.offset, reference.base.side).value);
    if (distance >= -128 && distance <= 127)
      continue;
    uint64_t opcode = reference.offset - 1;
    auto known = partition_point(grown, [&](const GrownBranch &branch) {
      return branch.offset < opcode;
    });
    if (known == grown.end() || known->offset != opcode)
      result.push_back(opcode);
  }
  llvm::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

GrownBranch growBranch(ArrayRef<uint8_t> code, uint64_t opcode,
                       EditList &edits) {
  uint8_t byte = code[opcode];
  SmallVector<uint8_t, 16> bytes;
  if (byte == 0xEB)
    bytes = {0xE9};
  else if ((byte & 0xF0) == 0x70)
    bytes = {0x0F, static_cast<uint8_t>(0x80 | (byte & 0x0F))};
  else
    bytes = {byte, 0x02, 0xEB, 0x05, 0xE9};
  GrownBranch grown{opcode, static_cast<uint8_t>(bytes.size())};
  bytes.append(4, 0);
  edits.replace(opcode, 2, bytes);
  return grown;
}

} // namespace hotpad::x86
