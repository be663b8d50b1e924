//===- Padding.cpp --------------------------------------------------------===//

#include "patcher/core/Padding.h"
#include <algorithm>

namespace hotpad::patch {

namespace {

constexpr uint8_t kTrap = 0xcc;

/// Whether \p code, one instruction, does nothing: a NOP with prefixes, one
/// with ModRM, or in 32-bit code a register that is put into itself.
bool isNop(Bits bits, std::span<const uint8_t> code,
           const Instruction &instruction) {
  uint8_t opcode = code[instruction.opcode];
  bool isEscaped =
      instruction.opcode != 0 && code[instruction.opcode - 1] == 0x0f;
  if (isEscaped)
    return opcode == 0x1f;
  bool hasPrefix = instruction.opcode != 0;
  if (opcode == 0x90) // f3 90 is pause; behind 41 it is no NOP
    return !hasPrefix || code[0] == 0x66;
  if (bits == Bits::B64 || instruction.modrm == 0 || hasPrefix)
    return false;
  uint8_t modrm = code[instruction.modrm];
  unsigned form = modrm >> 6, into = modrm >> 3 & 7, from = modrm & 7;
  if (opcode == 0x89 || opcode == 0x8b)
    return form == 3 && into == from;
  if (opcode != 0x8d || form == 3)
    return false;
  size_t displacement = instruction.modrm + 1;
  if (from == 4) { // lea 0(%esi,%eiz,1), %esi
    uint8_t sib = code[displacement++];
    if ((sib >> 3 & 7) != 4)
      return false;
    from = sib & 7;
  }
  return into == from && (form != 0 || from != 5) &&
         std::all_of(code.begin() + ptrdiff_t(displacement), code.end(),
                     [](uint8_t byte) { return byte == 0; });
}

} // namespace

bool isPadding(Bits bits, const PadBytes &pad) {
  std::span<const uint8_t> rest(pad);
  while (!rest.empty()) {
    if (rest[0] == kTrap) {
      rest = rest.subspan(1);
      continue;
    }
    if (rest[0] == 0xeb && rest.size() >= 2)
      return rest[1] == rest.size() - 2 &&
             std::all_of(rest.begin() + 2, rest.end(), [](uint8_t byte) {
               return byte == kTrap || byte == 0x90;
             });
    std::optional<Instruction> instruction = decodeInstruction(bits, rest);
    if (!instruction ||
        !isNop(bits, rest.first(instruction->length), *instruction))
      return false;
    rest = rest.subspan(instruction->length);
  }
  return true;
}

bool mayBeRun(const PadBytes &pad) {
  return std::any_of(pad.begin(), pad.end(),
                     [](uint8_t byte) { return byte != kTrap; });
}

} // namespace hotpad::patch
