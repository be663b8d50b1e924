//===- Trampolines.cpp - jumps that 32-bit code writes to its stack -------===//
//
// To pass the address of a function inside a function (of GNU C, of Fortran),
// gcc writes code to the stack. In 32-bit code it ends with a relative jump to
// the inner function, which the outer one computes:
//
//     movb $0xe9, 27(%esp)              jmp
//     mov  $inner + 608, %eax           608 = 640 - (27 + 5)
//     lea  640(%esp), %ecx
//     sub  %ecx, %eax
//     mov  %eax, 28(%esp)               ... inner
//
// The compiler has put what it knows of the stack into the address, and the
// relocation has the section's symbol: its sum is a place that nobody means.
// (Position-independent code has a GOTOFF in a `lea` in place of the `mov`.)
// Which function is meant follows from where the address that is subtracted and
// the jumps lie in the frame: the one that begins there for one of the jumps
// (where it has an endbr, the jump leads behind it). If there is none, or more,
// the section stays as it is.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <set>

using namespace llvm;

namespace hotpad::x86 {

namespace {

constexpr uint8_t kEsp = 4;

/// `distance(%base)`. For %esp it counts from where it was at the entry.
struct Operand {
  uint8_t base = 0;
  int64_t distance = 0;
};

/// What a function says of its frame.
class Frame {
public:
  void read(uint64_t offset, ArrayRef<uint8_t> bytes);
  bool hasJumps() const { return !jumps.empty(); }
  std::set<uint64_t> biases(uint64_t offset, ArrayRef<uint8_t> bytes) const;

private:
  struct Address { ///< Of a place in the frame, or none.
    uint64_t offset;
    uint8_t number; ///< Of the register that holds it from there on.
    std::optional<Operand> place;
  };
  struct Subtraction { ///< Of one register from another.
    uint64_t offset;
    uint8_t number, from;
  };
  std::optional<Operand> operand(ArrayRef<uint8_t> bytes, size_t &end) const;
  void followStack(ArrayRef<uint8_t> bytes);
  void forget(uint64_t offset, ArrayRef<uint8_t> bytes);
  const Subtraction *subtraction(uint64_t offset,
                                 ArrayRef<uint8_t> bytes) const;

  std::vector<Operand> jumps; ///< Where the byte of a `jmp` is stored.
  std::vector<Address> addresses;
  std::vector<Subtraction> subtractions;
  int64_t depth = 0; ///< Bytes pushed, read from front to back.
};

} // namespace

/// The operand in memory of an instruction with an opcode of one byte, if it
/// is just a register and a distance; \p end: where it ends.
std::optional<Operand> Frame::operand(ArrayRef<uint8_t> bytes,
                                      size_t &end) const {
  uint8_t mode = bytes[1] >> 6, base = bytes[1] & 7;
  end = base == kEsp ? 3 : 2;
  unsigned width = mode == 0 ? 0 : mode == 1 ? 1 : 4;
  constexpr uint8_t kPlainEsp = 0x24; // the SIB byte
  if (mode == 3 || (mode == 0 && base == 5) || bytes.size() < end + width ||
      (base == kEsp && bytes[2] != kPlainEsp))
    return std::nullopt;
  int64_t distance = 0;
  if (width == 1)
    distance = SignExtend64<8>(bytes[end]);
  else if (width == 4)
    distance = static_cast<int32_t>(support::endian::read32le(&bytes[end]));
  end += width;
  return Operand{base, base == kEsp ? distance - depth : distance};
}

void Frame::followStack(ArrayRef<uint8_t> bytes) {
  uint8_t opcode = bytes[0], modrm = bytes.size() > 1 ? bytes[1] : 0;
  bool isShort = opcode == 0x83 && bytes.size() == 3;
  bool isLong = opcode == 0x81 && bytes.size() == 6;
  int64_t number = 0;
  if (isShort)
    number = SignExtend64<8>(bytes[2]);
  else if (isLong)
    number = static_cast<int32_t>(support::endian::read32le(&bytes[2]));
  if ((opcode & 0xF8) == 0x50 || opcode == 0x68 || opcode == 0x6A ||
      (opcode == 0xFF && (modrm & 0x38) == 0x30)) // push
    depth += 4;
  else if ((opcode & 0xF8) == 0x58) // pop
    depth -= 4;
  else if (modrm == 0xEC) // sub $number, %esp
    depth += number;
  else if (modrm == 0xC4) // add $number, %esp
    depth -= number;
}

/// Registers that may hold something else behind the instruction.
void Frame::forget(uint64_t offset, ArrayRef<uint8_t> bytes) {
  bool isCall =
      bytes[0] == 0xE8 || (bytes[0] == 0xFF && (bytes[1] & 0x38) == 0x10);
  constexpr uint8_t kScratch = 3; // eax, ecx, edx
  for (uint8_t number = 0; number != 8; ++number)
    if ((isCall && number < kScratch) ||
        useOfRegister(Arch::X86, bytes, number).overwrites)
      addresses.push_back({offset, number, std::nullopt});
}

void Frame::read(uint64_t offset, ArrayRef<uint8_t> bytes) {
  followStack(bytes);
  forget(offset, bytes);
  if (bytes.size() < 2)
    return;
  constexpr uint8_t kMovByte = 0xC6, kLea = 0x8D, kMov = 0x89, kJump = 0xE9;
  uint8_t opcode = bytes[0];
  uint8_t reg = (bytes[1] >> 3) & 7, rm = bytes[1] & 7;
  size_t end = 0;
  if (opcode == kMovByte && bytes.back() == kJump) {
    if (auto place = operand(bytes, end); place && end + 1 == bytes.size())
      jumps.push_back(*place);
  } else if (opcode == kLea) {
    if (auto place = operand(bytes, end))
      addresses.push_back({offset, reg, place});
  } else if (bytes.size() == 2 && (bytes[1] & 0xC0) == 0xC0) {
    if (opcode == kMov && reg == kEsp)
      addresses.push_back({offset, rm, Operand{kEsp, -depth}});
    else if (opcode == 0x29) // sub %reg, %rm
      subtractions.push_back({offset, reg, rm});
    else if (opcode == 0x2B) // sub %rm, %reg
      subtractions.push_back({offset, rm, reg});
  }
}

/// What is subtracted from the address that the `mov` or `lea` at \p offset
/// loads: after the `mov`, and before the `lea`.
const Frame::Subtraction *Frame::subtraction(uint64_t offset,
                                             ArrayRef<uint8_t> bytes) const {
  bool isLea = bytes[0] == 0x8D;
  uint8_t number = isLea ? bytes[1] & 7 : bytes[0] & 7;
  auto behind = partition_point(subtractions, [&](const Subtraction &sub) {
    return sub.offset < offset;
  });
  auto isOf = [&](const Subtraction &sub) { return sub.from == number; };
  if (!isLea) {
    auto next = std::find_if(behind, subtractions.end(), isOf);
    return next == subtractions.end() ? nullptr : &*next;
  }
  while (behind != subtractions.begin())
    if (isOf(*--behind))
      return &*behind;
  return nullptr;
}

/// What may have been added to the address of the inner function, which the
/// instruction at \p offset loads.
std::set<uint64_t> Frame::biases(uint64_t offset,
                                 ArrayRef<uint8_t> bytes) const {
  constexpr int64_t kJumpLength = 5;
  std::set<uint64_t> found;
  const Subtraction *sub = subtraction(offset, bytes);
  if (!sub)
    return found;
  std::optional<Operand> subtracted;
  for (const Address &address : addresses)
    if (address.offset < sub->offset && address.number == sub->number)
      subtracted = address.place;
  for (const Operand &jump : jumps)
    if (subtracted && subtracted->base == jump.base)
      found.insert(static_cast<uint64_t>(subtracted->distance - jump.distance -
                                         kJumpLength));
  return found;
}

/// The `mov` or `lea` that puts the field at \p field in a register, or none.
static std::optional<uint64_t> loadOf(const Section &section, uint64_t field) {
  constexpr uint8_t kMov = 0xB8, kLea = 0x8D;
  const CodeMap &code = section.code;
  if (field >= 1 && code.length(field - 1) == 5 &&
      (section.bytes[field - 1] & 0xF8) == kMov)
    return field - 1;
  if (field >= 2 && code.length(field - 2) == 6 &&
      section.bytes[field - 2] == kLea)
    return field - 2;
  return std::nullopt;
}

void CodeWalker::addTrampolines() {
  if (binary.arch != Arch::X86)
    return;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (section.code.empty())
      continue;
    const Function *read = nullptr;
    Frame frame;
    for (uint32_t r = 0; r != section.relocations.size(); ++r) {
      const Relocation &relocation = section.relocations[r];
      SectionIndex target = binary.symbols[relocation.symbol].section;
      if (handled[i][r] || relocation.pcRelative || relocation.width != 4 ||
          !relocation.namesPlace || target == 0 ||
          !binary.sections[target].executable)
        continue;
      auto load = loadOf(section, relocation.offset);
      const Function *owner = binary.functionAt(i, relocation.offset);
      if (!load || !owner)
        continue;
      if (owner != read) {
        read = owner;
        frame = Frame();
        for (uint64_t at = owner->entry; at < owner->end;) {
          unsigned length = section.code.length(at);
          if (length != 0)
            frame.read(at, section.bytes.slice(at, length));
          at += length ? length : 1;
        }
      }
      if (frame.hasJumps())
        addTrampoline(i, r,
                      frame.biases(*load, section.bytes.drop_front(*load)));
    }
  }
}

/// Relocation \p number loads an address in a function that writes jumps.
void CodeWalker::addTrampoline(SectionIndex index, uint32_t number,
                               const std::set<uint64_t> &biases) {
  Section &section = binary.sections[index];
  const Relocation &relocation = section.relocations[number];
  const Symbol &symbol = binary.symbols[relocation.symbol];
  auto isEntry = [&](uint64_t offset) {
    const Function *function = binary.functionAt(symbol.section, offset);
    return function && (function->entry == offset || function->site == offset);
  };
  uint64_t sum = symbol.offset + static_cast<uint64_t>(relocation.addend);
  if (isEntry(sum))
    return;
  std::set<uint64_t> meant;
  if (symbol.type != SymbolType::Section && isEntry(symbol.offset))
    meant.insert(symbol.offset);
  else
    for (uint64_t bias : biases)
      if (isEntry(sum - bias))
        meant.insert(sum - bias);
  if (meant.size() != 1) {
    binary.uncertain.push_back({symbol.section, 0,
                                binary.sections[symbol.section].size,
                                SkipReason::HiddenReference, true});
    return;
  }
  Reference reference;
  reference.offset = relocation.offset;
  reference.width = relocation.width;
  reference.relocation = number;
  reference.target = {*meant.begin(), symbol.section, Side::Label};
  handled[index][number] = true;
  section.references.push_back(reference);
}

} // namespace hotpad::x86
