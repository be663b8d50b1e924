//===- Decoder.cpp --------------------------------------------------------===//

#include "rewriter/x86/Decoder.h"
#include "llvm/Support/Endian.h"
#include <Zydis/Decoder.h>
#include <cstring>
#include <optional>

namespace hotpad::x86 {

namespace {

ZydisDecoder makeDecoder(ZydisMachineMode mode, ZydisStackWidth width) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, mode, width);
  ZydisDecoderEnableMode(&decoder, ZYDIS_DECODER_MODE_MINIMAL, ZYAN_TRUE);
  return decoder;
}

const ZydisDecoder kDecoder64 =
    makeDecoder(ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
const ZydisDecoder kDecoder32 =
    makeDecoder(ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);

bool hasPrefix(const ZydisDecodedInstruction &raw, uint8_t value) {
  for (unsigned i = 0; i != raw.raw.prefix_count; ++i)
    if (raw.raw.prefixes[i].value == value)
      return true;
  return false;
}

Flow flowOfOneByteOpcode(const ZydisDecodedInstruction &raw) {
  uint8_t opcode = raw.opcode;
  if ((opcode >= 0x70 && opcode <= 0x7F) || (opcode >= 0xE0 && opcode <= 0xE3))
    return Flow::Branch; // jcc, loop, jrcxz
  switch (opcode) {
  case 0x90: // F3: pause; REX.B: xchg r8
    return hasPrefix(raw, 0xF3) || raw.raw.rex.B ? Flow::Next : Flow::Nop;
  case 0xC7: // xbegin's displacement is where an abort goes
    return raw.raw.imm[0].is_relative ? Flow::Branch : Flow::Next;
  case 0xE8:
    return Flow::Call;
  case 0xE9:
  case 0xEB:
    return Flow::Jump;
  case 0xC2: // ret, retf
  case 0xC3:
  case 0xCA:
  case 0xCB:
  case 0xCC: // int3
  case 0xCF: // iret
  case 0xF4: // hlt
    return Flow::Stop;
  case 0xFF:
    switch (raw.raw.modrm.reg) {
    case 2:
    case 3:
      return Flow::Call;
    case 4:
    case 5:
      return Flow::IndirectJump;
    default:
      return Flow::Next;
    }
  default:
    return Flow::Next;
  }
}

Flow flowOfTwoByteOpcode(const ZydisDecodedInstruction &raw) {
  uint8_t opcode = raw.opcode;
  if (opcode >= 0x80 && opcode <= 0x8F)
    return Flow::Branch;
  switch (opcode) {
  case 0x0B: // ud2, ud1, ud0
  case 0xB9:
  case 0xFF:
    return Flow::Stop;
  case 0x1F:
    return Flow::Nop;
  default:
    return Flow::Next;
  }
}

bool decodeWithZydis(Arch arch, llvm::ArrayRef<uint8_t> bytes,
                     ZydisDecodedInstruction &raw) {
  return ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
      arch == Arch::X86_64 ? &kDecoder64 : &kDecoder32, nullptr, bytes.data(),
      bytes.size(), &raw));
}

/// Padding of 32-bit code from before the long NOP (0F 1F) existed: `mov` or
/// `lea` of a register to itself. In 64-bit code the first clears the upper
/// half.
bool isNop32(const ZydisDecodedInstruction &raw) {
  if (raw.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY ||
      raw.opcode_map != ZYDIS_OPCODE_MAP_DEFAULT || raw.address_width != 32)
    return false;
  const auto &modrm = raw.raw.modrm;
  if (raw.opcode == 0x8B || raw.opcode == 0x89)
    return modrm.mod == 3 && modrm.reg == modrm.rm;
  if (raw.opcode != 0x8D || raw.operand_width != 32 || modrm.mod == 3 ||
      raw.raw.disp.value != 0)
    return false;
  if (modrm.rm != 4) // no SIB byte
    return modrm.rm == modrm.reg && !(modrm.mod == 0 && modrm.rm == 5);
  return raw.raw.sib.index == 4 && raw.raw.sib.base == modrm.reg &&
         !(modrm.mod == 0 && modrm.reg == 5);
}

/// Intel APX: REX2 (D5, payload) stands where REX stands and chooses the opcode
/// map as well. Zydis 4 does not know it; the same instruction with REX (and
/// 0F for the second map) is laid out alike. Returns by how many bytes the REX2
/// form is longer than what was decoded, or nothing.
std::optional<int> decodeRex2(llvm::ArrayRef<uint8_t> bytes,
                              ZydisDecodedInstruction &raw) {
  constexpr uint8_t kRex2 = 0xD5;
  uint8_t copy[ZYDIS_MAX_INSTRUCTION_LENGTH];
  size_t prefixes = 0;
  while (prefixes < 4 && prefixes < bytes.size() &&
         (bytes[prefixes] == 0x66 || bytes[prefixes] == 0x67 ||
          bytes[prefixes] == 0xF2 || bytes[prefixes] == 0xF3 ||
          bytes[prefixes] == 0x64 || bytes[prefixes] == 0x65))
    ++prefixes;
  if (bytes.size() < prefixes + 3 || bytes[prefixes] != kRex2)
    return std::nullopt;
  uint8_t payload = bytes[prefixes + 1];
  bool secondMap = payload & 0x80;
  size_t size = 0;
  for (size_t i = 0; i != prefixes; ++i)
    copy[size++] = bytes[i];
  copy[size++] = static_cast<uint8_t>(0x40 | (payload & 0x0F));
  if (secondMap)
    copy[size++] = 0x0F;
  for (size_t i = prefixes + 2; i != bytes.size() && size != sizeof(copy); ++i)
    copy[size++] = bytes[i];
  if (!decodeWithZydis(Arch::X86_64, {copy, size}, raw) ||
      raw.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
    return std::nullopt;
  return secondMap ? 0 : 1;
}

/// VIA PadLock (0F A6 and 0F A7, register forms), part of which Zydis does not
/// know: an optional prefix, two bytes of opcode, one of operands.
bool decodePadLock(llvm::ArrayRef<uint8_t> bytes, Instruction &instruction) {
  unsigned prefix = !bytes.empty() && bytes[0] == 0xF3 ? 1 : 0;
  if (bytes.size() < prefix + 3 || bytes[prefix] != 0x0F ||
      (bytes[prefix + 1] & 0xFE) != 0xA6 || bytes[prefix + 2] < 0xC0)
    return false;
  instruction = Instruction();
  instruction.length = static_cast<uint8_t>(prefix + 3);
  return true;
}

/// Calls, jumps and conditional jumps without prefix. They are easy to read,
/// and half of what is decoded more than once.
bool decodePlainBranch(llvm::ArrayRef<uint8_t> bytes,
                       Instruction &instruction) {
  uint8_t opcode = bytes[0], second = bytes.size() > 1 ? bytes[1] : 0;
  bool isShort = opcode == 0xEB || (opcode & 0xF0) == 0x70;
  bool isWide = opcode == 0x0F && (second & 0xF0) == 0x80;
  if (!isShort && !isWide && opcode != 0xE8 && opcode != 0xE9)
    return false;
  uint8_t opcodeSize = isWide ? 2 : 1, width = isShort ? 1 : 4;
  if (bytes.size() < size_t(opcodeSize) + width)
    return false;
  const uint8_t *field = bytes.data() + opcodeSize;
  instruction = Instruction();
  instruction.length = opcodeSize + width;
  instruction.flow = opcode == 0xE8                     ? Flow::Call
                     : opcode == 0xE9 || opcode == 0xEB ? Flow::Jump
                                                        : Flow::Branch;
  instruction.isRelative = true;
  instruction.fieldOffset = opcodeSize;
  instruction.fieldWidth = width;
  instruction.field = isShort ? int64_t(static_cast<int8_t>(*field))
                              : int64_t(static_cast<int32_t>(
                                    llvm::support::endian::read32le(field)));
  return true;
}

} // namespace

bool decode(Arch arch, llvm::ArrayRef<uint8_t> bytes, uint64_t offset,
            Instruction &instruction) {
  ZydisDecodedInstruction raw;
  if (offset >= bytes.size()) // a section may have no contents
    return false;
  llvm::ArrayRef<uint8_t> rest = bytes.drop_front(offset);
  if (decodePlainBranch(rest, instruction))
    return true;
  int longer = 0; // than what Zydis saw
  if (!decodeWithZydis(arch, rest, raw)) {
    std::optional<int> rex2;
    if (arch == Arch::X86_64)
      rex2 = decodeRex2(rest, raw);
    if (!rex2)
      return decodePadLock(rest, instruction);
    longer = *rex2;
  }
  instruction = Instruction();
  instruction.length = static_cast<uint8_t>(raw.length + longer);
  // VEX, EVEX and XOP code never branches.
  if (raw.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY) {
    if (raw.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT)
      instruction.flow = flowOfOneByteOpcode(raw);
    else if (raw.opcode_map == ZYDIS_OPCODE_MAP_0F)
      instruction.flow = flowOfTwoByteOpcode(raw);
  }
  if (arch == Arch::X86 && isNop32(raw))
    instruction.flow = Flow::Nop;
  if (raw.raw.imm[0].is_relative) {
    instruction.isRelative = true;
    instruction.fieldOffset =
        static_cast<uint8_t>(raw.raw.imm[0].offset + longer);
    instruction.fieldWidth = raw.raw.imm[0].size / 8;
    instruction.field = raw.raw.imm[0].value.s;
  } else if (arch == Arch::X86_64 && raw.raw.modrm.offset != 0 &&
             raw.raw.modrm.mod == 0 && raw.raw.modrm.rm == 5) {
    instruction.fieldOffset =
        static_cast<uint8_t>(raw.raw.disp.offset + longer);
    instruction.fieldWidth = raw.raw.disp.size / 8;
    instruction.field = raw.raw.disp.value;
  }
  if (!instruction.isRelative)
    instruction.immediate = raw.raw.imm[0].value.s;
  if (instruction.fieldOffset == 0 || instruction.isRelative)
    instruction.displacement = raw.raw.disp.value;
  bool isLea = raw.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY &&
               raw.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && raw.opcode == 0x8D;
  if (raw.raw.modrm.offset != 0 && raw.raw.disp.size == 32 && !isLea &&
      instruction.flow != Flow::Nop)
    instruction.accessOffset =
        static_cast<uint8_t>(raw.raw.disp.offset + longer);
  return true;
}

bool isEndbr(Arch arch, llvm::ArrayRef<uint8_t> bytes, uint64_t offset) {
  const uint8_t endbr[] = {0xF3, 0x0F, 0x1E,
                           uint8_t(arch == Arch::X86_64 ? 0xFA : 0xFB)};
  return offset <= bytes.size() && bytes.size() - offset >= sizeof(endbr) &&
         memcmp(bytes.data() + offset, endbr, sizeof(endbr)) == 0;
}

namespace {

ZydisRegister wholeRegister(const ZydisDecodedInstruction &raw,
                            uint8_t number) {
  return static_cast<ZydisRegister>(
      (raw.machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? ZYDIS_REGISTER_RAX
                                                      : ZYDIS_REGISTER_EAX) +
      number);
}

bool isRegister(const ZydisDecodedInstruction &raw, ZydisRegister name,
                uint8_t number) {
  return ZydisRegisterGetLargestEnclosing(raw.machine_mode, name) ==
         wholeRegister(raw, number);
}

ZydisDecoder makeFullDecoder(ZydisMachineMode mode, ZydisStackWidth width) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, mode, width);
  return decoder;
}

/// Takes one operand into account. False: the use is not understood.
bool addOperand(const ZydisDecodedInstruction &raw,
                const ZydisDecodedOperand &operand, uint8_t number,
                RegisterUse &use) {
  if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
    if (isRegister(raw, operand.mem.index, number))
      return false;
    if (!isRegister(raw, operand.mem.base, number))
      return true;
    use.kind = RegisterUse::Address;
    use.fieldOffset = raw.raw.disp.offset;
    use.fieldWidth = raw.raw.disp.size / 8;
    use.field = raw.raw.disp.value;
    return true;
  }
  if (operand.type != ZYDIS_OPERAND_TYPE_REGISTER ||
      !isRegister(raw, operand.reg.value, number))
    return true;
  bool whole = operand.reg.value == wholeRegister(raw, number);
  if (operand.actions == ZYDIS_OPERAND_ACTION_WRITE && whole) {
    use.overwrites = true;
    return true;
  }
  bool isAdd = raw.mnemonic == ZYDIS_MNEMONIC_ADD;
  bool isCompare = raw.mnemonic == ZYDIS_MNEMONIC_CMP;
  if (!whole || operand.id != 0 || raw.raw.imm[0].size == 0 ||
      !(isAdd || isCompare || raw.mnemonic == ZYDIS_MNEMONIC_SUB))
    return false;
  use.kind = isAdd ? RegisterUse::Added : RegisterUse::Compared;
  use.overwrites = !isCompare;
  use.fieldOffset = raw.raw.imm[0].offset;
  use.fieldWidth = raw.raw.imm[0].size / 8;
  use.field = raw.raw.imm[0].value.s;
  return true;
}

/// Decodes the first instruction of \p bytes with its operands.
struct FullInstruction {
  FullInstruction(Arch arch, llvm::ArrayRef<uint8_t> bytes) {
    static const ZydisDecoder kDecoder32 =
        makeFullDecoder(ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    static const ZydisDecoder kDecoder64 =
        makeFullDecoder(ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    isKnown = ZYAN_SUCCESS(
        ZydisDecoderDecodeFull(arch == Arch::X86_64 ? &kDecoder64 : &kDecoder32,
                               bytes.data(), bytes.size(), &raw, operands));
  }

  ZydisDecodedInstruction raw;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  bool isKnown;
};

} // namespace

RegisterUse useOfRegister(Arch arch, llvm::ArrayRef<uint8_t> bytes,
                          uint8_t number) {
  RegisterUse use;
  FullInstruction full(arch, bytes);
  bool known = full.isKnown;
  for (unsigned i = 0; known && i != full.raw.operand_count; ++i)
    known = addOperand(full.raw, full.operands[i], number, use);
  if (!known)
    use.kind = RegisterUse::Unknown;
  else if (use.kind == RegisterUse::None && use.overwrites)
    use.kind = RegisterUse::Overwritten;
  return use;
}

std::optional<uint8_t> registerLoadedByField(Arch arch,
                                             llvm::ArrayRef<uint8_t> bytes,
                                             unsigned fieldOffset) {
  FullInstruction full(arch, bytes);
  if (!full.isKnown || full.raw.operand_count < 2 ||
      full.operands[0].type != ZYDIS_OPERAND_TYPE_REGISTER)
    return std::nullopt;
  const ZydisDecodedOperand &source = full.operands[1];
  bool isNumber = full.raw.mnemonic == ZYDIS_MNEMONIC_MOV &&
                  source.type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                  full.raw.raw.imm[0].offset == fieldOffset;
  bool isPlace = full.raw.mnemonic == ZYDIS_MNEMONIC_LEA &&
                 full.raw.raw.disp.offset == fieldOffset &&
                 source.mem.index == ZYDIS_REGISTER_NONE &&
                 (source.mem.base == ZYDIS_REGISTER_NONE ||
                  source.mem.base == ZYDIS_REGISTER_RIP);
  if (!isNumber && !isPlace)
    return std::nullopt;
  constexpr unsigned kMostRegisters = 16;
  for (uint8_t number = 0; number != kMostRegisters; ++number)
    if (isRegister(full.raw, full.operands[0].reg.value, number))
      return number;
  return std::nullopt;
}

} // namespace hotpad::x86
