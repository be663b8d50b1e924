//===- Detour.cpp ---------------------------------------------------------===//

#include "patcher/detour/Detour.h"
#include "rewriter/x86/Decoder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::live {

namespace {

/// Appends code that will be at an address.
class Emitter {
public:
  explicit Emitter(uint64_t address) : address(address) {}
  std::vector<uint8_t> bytes;
  bool isInReach = true;

  void put(ArrayRef<uint8_t> more) { llvm::append_range(bytes, more); }
  /// A 4-byte field that leads to \p target from its end, \p after bytes later.
  void putDistance(uint64_t target, uint64_t after = 0) {
    uint64_t end = address + bytes.size() + 4 + after;
    int64_t distance = static_cast<int64_t>(target - end);
    isInReach &= distance == int32_t(distance);
    uint8_t field[4];
    support::endian::write32le(field, static_cast<uint32_t>(distance));
    put(field);
  }
  void putJump(uint64_t target) {
    put({0xe9});
    putDistance(target);
  }
  /// Pushes \p value; registers and flags stay.
  void putPush(uint64_t value) {
    uint8_t halves[8];
    support::endian::write64le(halves, value);
    put({0x48, 0x8d, 0x64, 0x24, 0xf8}); // lea -8(%rsp), %rsp
    put({0xc7, 0x04, 0x24});             // movl $low, (%rsp)
    put(ArrayRef(halves, 4));
    put({0xc7, 0x44, 0x24, 0x04}); // movl $high, 4(%rsp)
    put(ArrayRef(halves + 4, 4));
  }
  /// Registers, flags and the 128 bytes below the stack pointer stay.
  void putCount(uint64_t counter) {
    put({0x48, 0x8d, 0x64, 0x24, 0x80}); // lea -128(%rsp), %rsp
    put({0x9c});                         // pushf
    put({0xf0, 0x48, 0xff, 0x05});       // lock incq counter(%rip)
    putDistance(counter);
    put({0x9d});                                  // popf
    put({0x48, 0x8d, 0xa4, 0x24, 0x80, 0, 0, 0}); // lea 128(%rsp), %rsp
  }

private:
  uint64_t address;
};

constexpr uint8_t kPrefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
                                 0x66, 0x67, 0xf0, 0xf2, 0xf3};

size_t prefixesOf(ArrayRef<uint8_t> code) {
  size_t count = 0;
  while (count != code.size() && is_contained(kPrefixes, code[count]))
    ++count;
  return count;
}

/// A branch or call to \p target; what it goes on at else is put behind it.
bool putBranch(Emitter &out, ArrayRef<uint8_t> code, uint64_t target,
               uint64_t next) {
  size_t at = prefixesOf(code);
  if (is_contained(code.take_front(at), 0x66)) // 16 bits of rip
    return false;
  uint8_t opcode = code[at];
  if (opcode == 0xe8) {
    out.putPush(next);
    out.putJump(target);
  } else if (opcode == 0xe9 || opcode == 0xeb) {
    out.putJump(target);
  } else if ((opcode & 0xf0) == 0x70 ||
             (opcode == 0x0f && (code[at + 1] & 0xf0) == 0x80)) {
    uint8_t condition = (opcode == 0x0f ? code[at + 1] : opcode) & 0xf;
    out.put({0x0f, uint8_t(0x80 | condition)});
    out.putDistance(target);
    out.putJump(next);
  } else if (opcode >= 0xe0 && opcode <= 0xe3) { // loop, jrcxz: over a jump
    out.put(code.drop_back());
    out.put({2, 0xeb, 5});
    out.putJump(target);
    out.putJump(next);
  } else {
    return false;
  }
  return true;
}

/// `call *operand` as a push and `jmp *operand`. The operand must not change by
/// the push.
bool putIndirectCall(Emitter &out, ArrayRef<uint8_t> code, uint64_t next,
                     size_t &modrmAt) {
  size_t at = prefixesOf(code);
  bool hasRex = (code[at] & 0xf0) == 0x40;
  size_t opcode = at + hasRex;
  if (opcode + 1 >= code.size() || code[opcode] != 0xff ||
      (code[opcode + 1] >> 3 & 7) != 2)
    return false;
  uint8_t modrm = code[opcode + 1];
  constexpr uint8_t kStack = 4; // rsp, or a SIB byte, which may name it
  if ((modrm & 7) == kStack && !(hasRex && (code[at] & 1)))
    return false;
  out.putPush(next);
  modrmAt = opcode + 1;
  return true;
}

} // namespace

Expected<std::vector<uint8_t>> makeDetour(ArrayRef<uint8_t> bytes,
                                          uint64_t site, uint64_t address,
                                          uint64_t counter) {
  x86::Instruction instruction;
  if (!x86::decode(Arch::X86_64, bytes, 0, instruction))
    return createStringError("its first instruction cannot be decoded");
  ArrayRef<uint8_t> code = bytes.take_front(instruction.length);
  uint64_t next = site + instruction.length;
  uint64_t place = next + static_cast<uint64_t>(instruction.field);
  auto cannotMove = [] {
    return createStringError("its first instruction cannot be moved");
  };
  Emitter out(address);
  out.put({0xf3, 0x0f, 0x1e, 0xfa}); // endbr64: the pad's jump is indirect
  if (counter != 0)
    out.putCount(counter);
  if (instruction.isRelative) {
    if (!putBranch(out, code, place, next))
      return cannotMove();
  } else {
    bool isCall = instruction.flow == Flow::Call;
    size_t modrmAt = 0;
    if (isCall && !putIndirectCall(out, code, next, modrmAt))
      return cannotMove();
    std::vector<uint8_t> copy = code.vec();
    if (isCall)
      copy[modrmAt] += 2 << 3; // FF /2 becomes FF /4
    size_t field = instruction.fieldOffset;
    if (field != 0 && instruction.fieldWidth == 4) { // rip-relative
      out.put(ArrayRef(copy).take_front(field));
      out.putDistance(place, copy.size() - field - 4);
      out.put(ArrayRef(copy).drop_front(field + 4));
    } else {
      out.put(copy);
    }
    if (!isCall)
      out.putJump(next);
  }
  if (!out.isInReach)
    return createStringError(
        "what its first instruction names is out of reach");
  return std::move(out.bytes);
}

} // namespace hotpad::live
