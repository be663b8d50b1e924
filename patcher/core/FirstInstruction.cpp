//===- FirstInstruction.cpp -----------------------------------------------===//

#include "patcher/core/FirstInstruction.h"

namespace hotpad::patch {

namespace {

using Bytes = std::span<const uint8_t>;

/// Appends code that will be at an address.
class Emitter {
public:
  Emitter(Bits bits, uint64_t address) : bits(bits), address(address) {}
  std::vector<uint8_t> bytes;
  bool isInReach = true;

  void put(Bytes more) { bytes.insert(bytes.end(), more.begin(), more.end()); }
  void put(std::initializer_list<uint8_t> more) {
    bytes.insert(bytes.end(), more);
  }
  void putWord(uint32_t value) {
    for (unsigned i = 0; i != 4; ++i)
      bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
  /// A 4-byte field that leads to \p target from its end, \p after bytes later.
  void putDistance(uint64_t target, uint64_t after = 0) {
    int64_t distance =
        static_cast<int64_t>(target - (address + bytes.size() + 4 + after));
    // In 32-bit code a distance wraps around.
    isInReach &= bits == Bits::B32 || distance == int32_t(distance);
    putWord(static_cast<uint32_t>(distance));
  }
  void putJump(uint64_t target) {
    put({0xe9});
    putDistance(target);
  }
  /// Pushes \p value; registers and flags stay.
  void putPush(uint64_t value) {
    if (bits == Bits::B32) {
      put({0x68}); // push $value
      return putWord(static_cast<uint32_t>(value));
    }
    put({0x48, 0x8d, 0x64, 0x24, 0xf8}); // lea -8(%rsp), %rsp
    put({0xc7, 0x04, 0x24});             // movl $low, (%rsp)
    putWord(static_cast<uint32_t>(value));
    put({0xc7, 0x44, 0x24, 0x04}); // movl $high, 4(%rsp)
    putWord(static_cast<uint32_t>(value >> 32));
  }

private:
  Bits bits;
  uint64_t address;
};

/// A branch or call to \p target; what it goes on at else is put behind it.
void putBranch(Emitter &out, Bytes code, const Instruction &instruction,
               uint64_t target, uint64_t next) {
  uint8_t condition = code[instruction.opcode] & 0xf;
  switch (instruction.kind) {
  case Instruction::Call:
    out.putPush(next);
    return out.putJump(target);
  case Instruction::Jump:
    return out.putJump(target);
  case Instruction::Conditional:
    out.put({0x0f, uint8_t(0x80 | condition)});
    out.putDistance(target);
    return out.putJump(next);
  default: // Counted, with its prefixes: over a jump.
    out.put(code.first(code.size() - 1));
    out.put({2, 0xeb, 5});
    out.putJump(target);
    return out.putJump(next);
  }
}

/// Whether the push of a return address changes what `call *operand` reads.
bool readsStack(Bits bits, Bytes code, const Instruction &instruction) {
  uint8_t modrm = code[instruction.modrm];
  constexpr uint8_t kStack = 4; // esp, or a SIB byte, which may name it
  bool isAnother = bits == Bits::B64 && instruction.opcode != 0 &&
                   (code[instruction.opcode - 1] & 0xf1) == 0x41; // REX.B: r12
  return (modrm & 7) == kStack && !isAnother;
}

} // namespace

std::optional<std::vector<uint8_t>> moveFirstInstruction(Bits bits, Bytes bytes,
                                                         uint64_t site,
                                                         uint64_t address,
                                                         const char *&why) {
  std::optional<Instruction> instruction = decodeInstruction(bits, bytes);
  if (!instruction) {
    why = "its first instruction is not known";
    return std::nullopt;
  }
  return moveInstruction(bits, bytes.first(instruction->length), *instruction,
                         site, address, why);
}

std::optional<std::vector<uint8_t>>
moveInstruction(Bits bits, Bytes code, const Instruction &instruction,
                uint64_t site, uint64_t address, const char *&why) {
  uint64_t next = site + instruction.length;
  uint64_t place = next + static_cast<uint64_t>(instruction.displacement);
  if (bits == Bits::B32)
    place = static_cast<uint32_t>(place);
  Emitter out(bits, address);
  if (instruction.kind != Instruction::Plain &&
      instruction.kind != Instruction::IndirectCall) {
    putBranch(out, code, instruction, place, next);
  } else {
    std::vector<uint8_t> copy(code.begin(), code.end());
    bool isCall = instruction.kind == Instruction::IndirectCall;
    if (isCall && readsStack(bits, code, instruction)) {
      why = "its first instruction calls through the stack";
      return std::nullopt;
    }
    if (isCall) {
      out.putPush(next);
      copy[instruction.modrm] += 2 << 3; // FF /2 becomes FF /4: a jump
    }
    if (unsigned field = instruction.ripRelative) {
      out.put(Bytes(copy).first(field));
      out.putDistance(place, copy.size() - field - 4);
      out.put(Bytes(copy).subspan(field + 4));
    } else {
      out.put(copy);
    }
    if (!isCall)
      out.putJump(next);
  }
  if (!out.isInReach) {
    why = "what its first instruction names is out of reach";
    return std::nullopt;
  }
  return std::move(out.bytes);
}

} // namespace hotpad::patch
