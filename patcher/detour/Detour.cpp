//===- Detour.cpp ---------------------------------------------------------===//

#include "patcher/detour/Detour.h"
#include "patcher/core/FirstInstruction.h"
#include "rewriter/x86/Decoder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::live {

namespace {

void put(std::vector<uint8_t> &out, ArrayRef<uint8_t> bytes) {
  llvm::append_range(out, bytes);
}

void putField(std::vector<uint8_t> &out, uint64_t value) {
  uint8_t field[4];
  support::endian::write32le(field, static_cast<uint32_t>(value));
  put(out, field);
}

/// Appends to \p out, which begins at \p address, code after which registers,
/// flags and the red zone of 64-bit code are as before; false: out of reach.
bool putCount(patch::Bits bits, std::vector<uint8_t> &out, uint64_t address,
              uint64_t counter) {
  if (bits == patch::Bits::B32) { // a half after the other
    put(out, {0x9c});             // pushf
    put(out, {0xf0, 0x83, 0x05}); // lock addl $1, counter
    putField(out, counter);
    put(out, {1});
    put(out, {0x73, 7});          // jnc over it
    put(out, {0xf0, 0xff, 0x05}); // lock incl counter + 4
    putField(out, counter + 4);
    put(out, {0x9d}); // popf
    return true;
  }
  put(out, {0x48, 0x8d, 0x64, 0x24, 0x80}); // lea -128(%rsp), %rsp
  put(out, {0x9c});                         // pushf
  put(out, {0xf0, 0x48, 0xff, 0x05});       // lock incq counter(%rip)
  int64_t distance = static_cast<int64_t>(counter - (address + out.size() + 4));
  putField(out, static_cast<uint64_t>(distance));
  put(out, {0x9d});                                  // popf
  put(out, {0x48, 0x8d, 0xa4, 0x24, 0x80, 0, 0, 0}); // lea 128(%rsp), %rsp
  return distance == int32_t(distance);
}

constexpr uint8_t kPrefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
                                 0x66, 0x67, 0xf0, 0xf2, 0xf3};

size_t prefixesOf(ArrayRef<uint8_t> code) {
  size_t count = 0;
  while (count != code.size() && is_contained(kPrefixes, code[count]))
    ++count;
  return count;
}

/// What kind of branch or call it is; false: none that can be moved.
bool readBranch(ArrayRef<uint8_t> code, patch::Instruction &result) {
  size_t at = prefixesOf(code);
  if (is_contained(code.take_front(at), 0x66)) // 16 bits of rip
    return false;
  uint8_t opcode = code[at];
  result.opcode = static_cast<unsigned>(at);
  if (opcode == 0xe8) {
    result.kind = patch::Instruction::Call;
  } else if (opcode == 0xe9 || opcode == 0xeb) {
    result.kind = patch::Instruction::Jump;
  } else if ((opcode & 0xf0) == 0x70) {
    result.kind = patch::Instruction::Conditional;
  } else if (opcode == 0x0f && (code[at + 1] & 0xf0) == 0x80) {
    result.kind = patch::Instruction::Conditional;
    ++result.opcode;
  } else if (opcode >= 0xe0 && opcode <= 0xe3) { // loop, jrcxz
    result.kind = patch::Instruction::Counted;
  } else {
    return false;
  }
  return true;
}

/// Where the parts of `call *operand` are; false: it is no such call.
bool readIndirectCall(patch::Bits bits, ArrayRef<uint8_t> code,
                      patch::Instruction &result) {
  size_t at = prefixesOf(code);
  if (bits == patch::Bits::B64 && (code[at] & 0xf0) == 0x40) // REX
    ++at;
  if (at + 1 >= code.size() || code[at] != 0xff ||
      (code[at + 1] >> 3 & 7) != 2 ||
      is_contained(code.take_front(at), 0x66)) // 16 bits of the target
    return false;
  result.kind = patch::Instruction::IndirectCall;
  result.opcode = static_cast<unsigned>(at);
  result.modrm = result.opcode + 1;
  return true;
}

} // namespace

Expected<std::vector<uint8_t>> makeDetour(patch::Bits bits,
                                          ArrayRef<uint8_t> bytes,
                                          uint64_t site, uint64_t address,
                                          uint64_t counter) {
  bool is64 = bits == patch::Bits::B64;
  x86::Instruction decoded;
  if (!x86::decode(is64 ? Arch::X86_64 : Arch::X86, bytes, 0, decoded))
    return createStringError("its first instruction cannot be decoded");
  ArrayRef<uint8_t> code = bytes.take_front(decoded.length);
  patch::Instruction instruction;
  instruction.length = decoded.length;
  instruction.displacement = decoded.field;
  bool canMove = true;
  if (decoded.isRelative)
    canMove = readBranch(code, instruction);
  else if (decoded.flow == Flow::Call)
    canMove = readIndirectCall(bits, code, instruction);
  if (!canMove)
    return createStringError("its first instruction cannot be moved");
  if (!decoded.isRelative && decoded.fieldWidth == 4)
    instruction.ripRelative = decoded.fieldOffset;

  // endbr64 or endbr32: the pad's jump is indirect.
  std::vector<uint8_t> detour = {0xf3, 0x0f, 0x1e, uint8_t(is64 ? 0xfa : 0xfb)};
  bool isInReach = counter == 0 || putCount(bits, detour, address, counter);
  const char *why = "what its detour counts in is out of reach";
  auto moved =
      patch::moveInstruction(bits, std::span(code.data(), code.size()),
                             instruction, site, address + detour.size(), why);
  if (!moved || !isInReach)
    return createStringError(why);
  put(detour, *moved);
  return detour;
}

} // namespace hotpad::live
