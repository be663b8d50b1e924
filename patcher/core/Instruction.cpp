//===- Instruction.cpp ----------------------------------------------------===//

#include "patcher/core/Instruction.h"
#include <algorithm>
#include <string_view>

namespace hotpad::patch {

namespace {

// What follows an opcode:
//   .  nothing               m  ModRM                 x  not known
//   b  1 byte                B  ModRM and 1 byte      w  2 bytes
//   z  4 bytes, or 2         Z  ModRM and those       e  3 bytes
//   v  the same, 8 with REX.W                         a  an address
//   r  1 byte of distance    R  4 bytes of distance
//   g  ModRM, and 1 byte if it says test              G  likewise, as z
// Prefixes and escapes are dealt with before the table is asked.
constexpr std::string_view kOneByte = "mmmmbz..mmmmbz.x" // 00
                                      "mmmmbz..mmmmbz.."
                                      "mmmmbzx.mmmmbzx."
                                      "mmmmbzx.mmmmbzx."
                                      "................" // 40
                                      "................"
                                      "..mmxxxxzZbB...."
                                      "rrrrrrrrrrrrrrrr"
                                      "BZBBmmmmmmmmmmmm" // 80
                                      "..........x....."
                                      "aaaa....bz......"
                                      "bbbbbbbbvvvvvvvv"
                                      "BBw.mmBZe.w..b.." // c0
                                      "mmmmbbx.mmmmmmmm"
                                      "rrrrbbbbRRxr...."
                                      "x.xx..gG......mm";
/// Of these, what 64-bit code has not.
constexpr std::string_view kNotIn64 =
    "\x06\x07\x0e\x16\x17\x1e\x1f\x27\x2f\x37\x3f\x60\x61\x62\x82\x9a\xc4\xc5"
    "\xce\xd4\xd5\xea";
constexpr std::string_view kTwoBytes = "mmmmx.....x.xm.x" // 0f 00
                                       "mmmmmmmmmmmmmmmm"
                                       "xxxxxxxxmmmmmmmm"
                                       "......x.xxxxxxxx"
                                       "mmmmmmmmmmmmmmmm" // 0f 40
                                       "mmmmmmmmmmmmmmmm"
                                       "mmmmmmmmmmmmmmmm"
                                       "BBBBmmm.xxxxmmmm"
                                       "RRRRRRRRRRRRRRRR" // 0f 80
                                       "mmmmmmmmmmmmmmmm"
                                       "...mBmxx...mBmmm"
                                       "mmmmmmmmmmBmmmmm"
                                       "mmBmBBBm........" // 0f c0
                                       "mmmmmmmmmmmmmmmm"
                                       "mmmmmmmmmmmmmmmm"
                                       "mmmmmmmmmmmmmmmm";
static_assert(kOneByte.size() == 256 && kTwoBytes.size() == 256);

class Decoder {
public:
  Decoder(Bits bits, std::span<const uint8_t> bytes)
      : is64(bits == Bits::B64),
        bytes(
            bytes.first(std::min<size_t>(bytes.size(), kLongestInstruction))) {}

  std::optional<Instruction> run() {
    readPrefixes();
    char what = readOpcode();
    if (!isValid || !readOperands(what))
      return std::nullopt;
    result.length = at;
    return result;
  }

private:
  uint8_t peek(unsigned ahead = 0) {
    if (at + ahead >= bytes.size()) {
      isValid = false;
      return 0;
    }
    return bytes[at + ahead];
  }
  uint8_t take() {
    uint8_t byte = peek();
    ++at;
    return byte;
  }
  bool skip(unsigned count) {
    at += count;
    return isValid && at <= bytes.size();
  }
  int64_t field(unsigned offset, unsigned width) const {
    if (width == 1)
      return int8_t(bytes[offset]);
    uint32_t value = 0;
    for (unsigned i = 0; i != 4; ++i)
      value |= uint32_t(bytes[offset + i]) << (8 * i);
    return int32_t(value);
  }

  void readPrefixes() {
    for (;; ++at) {
      switch (peek()) {
      case 0x66:
        has16BitOperand = true;
        continue;
      case 0x67:
        has67 = true;
        continue;
      case 0x26:
      case 0x2e:
      case 0x36:
      case 0x3e:
      case 0x64:
      case 0x65:
      case 0xf0:
      case 0xf2:
      case 0xf3:
        continue;
      default:
        break;
      }
      break;
    }
    if (is64 && (peek() & 0xf0) == 0x40)
      isWide = (take() & 8) != 0;
  }

  /// What follows the opcode: a letter of the tables.
  char readOpcode() {
    uint8_t byte = take();
    // In 32-bit code these are les, lds and bound unless the next byte would
    // name a register.
    if ((byte == 0xc4 || byte == 0xc5 || byte == 0x62) &&
        (is64 || peek() >= 0xc0))
      return isEscaped = true, readVector(byte);
    if (byte == 0x0f) {
      isEscaped = true;
      uint8_t second = take();
      if (second == 0x38 || second == 0x3a) {
        result.opcode = at;
        take();
        return second == 0x38 ? 'm' : 'B';
      }
      result.opcode = at - 1;
      return kTwoBytes[second];
    }
    result.opcode = at - 1;
    // REX counts only before an opcode.
    if (is64 &&
        ((byte & 0xf0) == 0x40 || kNotIn64.find(char(byte)) != kNotIn64.npos))
      return 'x';
    // 8f with a register field is XOP; c7 f8 is xbegin, which jumps.
    if ((byte == 0x8f && (peek() & 0x38) != 0) ||
        (byte == 0xc7 && peek() == 0xf8))
      return 'x';
    return kOneByte[byte];
  }

  /// VEX and EVEX: a map, an opcode, ModRM, and a byte where the map has one.
  char readVector(uint8_t first) {
    unsigned map = 1;
    if (first == 0xc4)
      map = peek() & 0x1f;
    else if (first == 0x62)
      map = peek() & 7;
    at += first == 0xc5 ? 1 : first == 0xc4 ? 2 : 3;
    result.opcode = at;
    uint8_t opcode = take();
    if (map == 1) {
      char what = kTwoBytes[opcode];
      return opcode == 0x77 || what == 'm' || what == 'B' ? what : 'x';
    }
    return map == 2 ? 'm' : map == 3 ? 'B' : 'x';
  }

  bool readModrm() {
    result.modrm = at;
    uint8_t modrm = take();
    unsigned form = modrm >> 6, base = modrm & 7;
    if (form == 3)
      return isValid;
    if (has67 && !is64) // Addresses of 16 bits have forms of their own.
      return false;
    unsigned displacement = form == 1 ? 1 : form == 2 ? 4 : 0;
    bool isRelative = is64 && form == 0 && base == 5;
    if (base == 4 && (take() & 7) == 5 && form == 0)
      displacement = 4;
    else if (form == 0 && base == 5)
      displacement = 4;
    unsigned offset = at;
    if (!skip(displacement) || (isRelative && has67))
      return false;
    if (isRelative) {
      result.ripRelative = offset;
      result.displacement = field(offset, 4);
    }
    return true;
  }

  bool readDistance(unsigned width) {
    if (has16BitOperand) // Processors do not agree on it.
      return false;
    uint8_t opcode = bytes[result.opcode];
    result.kind = opcode == 0xe8                     ? Instruction::Call
                  : opcode == 0xe9 || opcode == 0xeb ? Instruction::Jump
                  : (opcode & 0xfc) == 0xe0          ? Instruction::Counted
                                                     : Instruction::Conditional;
    unsigned offset = at;
    if (!skip(width))
      return false;
    result.displacement = field(offset, width);
    return true;
  }

  /// Calls through an operand; those to a far address are not known.
  bool readGroup5() {
    constexpr unsigned kCall = 2, kFarCall = 3;
    unsigned number = bytes[result.modrm] >> 3 & 7;
    if (number == kCall)
      result.kind = Instruction::IndirectCall;
    return number != kFarCall && !(number == kCall && has16BitOperand);
  }

  bool readOperands(char what) {
    unsigned word = has16BitOperand && !isWide ? 2 : 4;
    uint8_t opcode = bytes[result.opcode];
    switch (what) {
    case '.':
      return true;
    case 'b':
      return skip(1);
    case 'w':
      return skip(2);
    case 'e':
      return skip(3);
    case 'z':
      return skip(word);
    case 'v':
      return skip(isWide ? 8 : word);
    case 'a':
      return skip(is64 ? (has67 ? 4 : 8) : (has67 ? 2 : 4));
    case 'r':
      return readDistance(1);
    case 'R':
      return readDistance(4);
    case 'm':
      return readModrm() && (opcode != 0xff || isEscaped || readGroup5());
    case 'B':
      return readModrm() && skip(1);
    case 'Z':
      return readModrm() && skip(word);
    case 'g':
    case 'G':
      if (!readModrm())
        return false;
      return (bytes[result.modrm] >> 3 & 7) > 1 || skip(what == 'g' ? 1 : word);
    default:
      return false;
    }
  }

  bool is64;
  std::span<const uint8_t> bytes;
  bool isValid = true, has16BitOperand = false, has67 = false, isWide = false;
  bool isEscaped = false; ///< Not of the first table.
  unsigned at = 0;
  Instruction result;
};

} // namespace

std::optional<Instruction> decodeInstruction(Bits bits,
                                             std::span<const uint8_t> bytes) {
  return Decoder(bits, bytes).run();
}

} // namespace hotpad::patch
