//===- ReturnAddresses.cpp - calls that do not come back behind the call --===//
//
// Hand-written code may keep the arguments of a call behind it:
//
//        call print              print: mov (%rsp), %rsi    or  pop %rsi
//        .asciz "text"                  ...                     ...
//        ret                            mov %rsi, (%rsp)        push %rsi
//                                       ret                     ret
//
// The callee reads its return address and puts another in its place. How far
// that is only the callee knows, so what stands behind such a call is neither
// code nor data for certain. To see such a callee its stack pointer is followed
// through its first instructions, as if no branch in them were taken, and so is
// the last copy of it, a frame pointer as a rule. Those that only read their
// return address, or only overwrite it (retpolines), are calls like others.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::x86 {

namespace {

/// What one instruction does with the stack.
struct StackUse {
  int64_t pushed = 0;          ///< Bytes, after it has accessed memory.
  std::optional<int64_t> slot; ///< Distance of what it accesses from the top.
  bool reads = false, writes = false; ///< What is there.
  bool isLost = false;                ///< The stack pointer is no longer known.
};

} // namespace

static int64_t readDisplacement(const uint8_t *at, unsigned mode) {
  return mode == 0   ? 0
         : mode == 1 ? int64_t(int8_t(*at))
                     : int64_t(int32_t(support::endian::read32le(at)));
}

/// What an instruction does with its operand in memory, by its opcode and the
/// register field of its ModRM byte. False: that is not known.
static bool setAccess(StackUse &use, uint8_t opcode, unsigned reg) {
  bool isArithmetic = opcode < 0x40 && (opcode & 7) <= 3;
  switch (opcode) {
  case 0x8B: // mov from it
    use.reads = true;
    return true;
  case 0x89: // mov to it
  case 0xC7:
    use.writes = true;
    return true;
  case 0x87: // xchg
    use.reads = use.writes = true;
    return true;
  case 0x81: // all but cmp
  case 0x83:
    use.reads = true;
    use.writes = reg != 7;
    return true;
  case 0xFF:
    use.reads = true;
    use.writes = reg <= 1; // inc, dec
    return true;
  case 0x8F: // pop
    use.writes = reg == 0;
    return true;
  default:
    if (!isArithmetic)
      return false;
    use.reads = true;
    use.writes = (opcode & 2) == 0 && opcode < 0x38;
    return true;
  }
}

/// How many bytes of prefixes \p bytes, one whole instruction, begins with;
/// \p rex is the last of that kind.
static size_t skipPrefixes(Arch arch, ArrayRef<uint8_t> bytes, uint8_t &rex) {
  size_t at = 0;
  for (; at + 1 < bytes.size(); ++at)
    if (arch == Arch::X86_64 && (bytes[at] & 0xF0) == 0x40)
      rex = bytes[at];
    else if (bytes[at] != 0x66 && bytes[at] != 0xF2 && bytes[at] != 0xF3)
      break;
  return at;
}

/// A register that holds a copy of the stack pointer.
struct StackCopy {
  uint8_t number = 0;   ///< As in ModRM, 8 and above by the REX prefix.
  int64_t distance = 0; ///< From the top to where it points.
};

/// What `mov %rsp, %reg` and `lea 8(%rsp), %reg` copy.
static std::optional<StackCopy> copyOfStackPointer(Arch arch,
                                                   ArrayRef<uint8_t> bytes) {
  uint8_t rex = 0;
  size_t at = skipPrefixes(arch, bytes, rex);
  if (at + 1 >= bytes.size() || (arch == Arch::X86_64 && !(rex & 8)))
    return std::nullopt;
  uint8_t opcode = bytes[at], modrm = bytes[at + 1];
  unsigned mode = modrm >> 6;
  auto regField = static_cast<uint8_t>(((modrm >> 3) & 7) + (rex & 4 ? 8 : 0));
  auto rmField = static_cast<uint8_t>((modrm & 7) + (rex & 1 ? 8 : 0));
  if (opcode == 0x89 && mode == 3 && regField == 4)
    return StackCopy{rmField, 0};
  if (opcode == 0x8B && mode == 3 && rmField == 4)
    return StackCopy{regField, 0};
  size_t needed = at + 3 + (mode == 1 ? 1 : mode == 2 ? 4 : 0);
  if (opcode == 0x8D && mode != 3 && rmField == 4 && !(rex & 2) &&
      bytes.size() >= needed && bytes[at + 2] == 0x24)
    return StackCopy{regField, readDisplacement(&bytes[at] + 3, mode)};
  return std::nullopt;
}

/// What the instruction does with what stands \p distance behind where register
/// \p number points.
static StackUse useByCopy(Arch arch, ArrayRef<uint8_t> bytes, uint8_t number,
                          int64_t distance) {
  StackUse use;
  RegisterUse copy = useOfRegister(arch, bytes, number);
  uint8_t rex = 0;
  size_t at = skipPrefixes(arch, bytes, rex);
  if (copy.kind == RegisterUse::Address && copy.field == distance &&
      at + 1 < bytes.size())
    setAccess(use, bytes[at], (bytes[at + 1] >> 3) & 7);
  use.isLost = copy.overwrites;
  return use;
}

/// \p bytes are one whole instruction.
static StackUse stackUse(Arch arch, ArrayRef<uint8_t> bytes) {
  const int64_t word = arch == Arch::X86_64 ? 8 : 4;
  StackUse use;
  uint8_t rex = 0;
  size_t at = skipPrefixes(arch, bytes, rex);
  // Register 4 may be r12: as a base or register, an index, a source.
  bool rexB = rex & 1, rexX = rex & 2, rexR = rex & 4;
  uint8_t opcode = bytes[at];
  unsigned row = opcode & 0xF8;
  if (row == 0x50 || opcode == 0x68 || opcode == 0x6A) { // push
    use.pushed = word;
    return use;
  }
  if (row == 0x58) { // pop
    use = {-word, 0, true, false, opcode == 0x5C && !rexB};
    return use;
  }
  if (opcode == 0x9C || opcode == 0x9D) { // pushf, popf
    use.pushed = opcode == 0x9C ? word : -word;
    return use;
  }
  if (opcode == 0xC9) { // leave
    use.isLost = true;
    return use;
  }
  if (at + 1 >= bytes.size())
    return use;
  const uint8_t *rest = bytes.data() + at + 1; // ModRM, SIB, ...
  uint8_t modrm = rest[0];
  unsigned mode = modrm >> 6, reg = (modrm >> 3) & 7;
  constexpr uint8_t kToStackPointer = 0xC4; // ModRM: register 4
  if (!rexB && (opcode == 0x83 || opcode == 0x81) &&
      (modrm & 0xC7) == kToStackPointer) {
    bool isShort = opcode == 0x83;
    bool isWhole = bytes.size() >= at + (isShort ? 3 : 6); // no 16-bit code
    int64_t value = isWhole ? readDisplacement(rest + 1, isShort ? 1 : 2) : 0;
    if (isWhole && (reg == 0 || reg == 5)) // add, sub
      use.pushed = reg == 0 ? -value : value;
    else
      use.isLost = true;
    return use;
  }
  // Another stack, or room of a size that a register holds.
  bool isArithmetic = opcode < 0x38 && (opcode & 7) <= 3; // cmp changes nothing
  bool toMemory = opcode == 0x89 || (isArithmetic && !(opcode & 2));
  bool toRegister =
      opcode == 0x8B || opcode == 0x8D || (isArithmetic && (opcode & 2));
  bool isWide = opcode & 1; // register 4 of 8 bits is ah
  if ((isWide && !rexB && toMemory && (modrm & 0xC7) == kToStackPointer) ||
      (isWide && !rexR && toRegister && reg == 4)) {
    use.isLost = true;
    return use;
  }
  bool isPop = opcode == 0x8F && reg == 0;
  if (opcode == 0xFF && reg == 6)
    use.pushed = word;
  if (isPop) {
    use.pushed = -word;
    if (mode == 3) { // the wide form
      use.slot = 0;
      use.reads = true;
    }
  }
  constexpr uint8_t kStackPointer = 0x24; // SIB: it and nothing else
  size_t needed = at + 3 + (mode == 1 ? 1 : mode == 2 ? 4 : 0);
  if (rexB || rexX || mode == 3 || (modrm & 7) != 4 || bytes.size() < needed ||
      rest[1] != kStackPointer)
    return use;
  if (!setAccess(use, opcode, reg))
    return use;
  // A pop counts from the top after it.
  use.slot = readDisplacement(rest + 2, mode) + (isPop ? word : 0);
  return use;
}

/// `pop %rcx; lfence; jmp *%rcx`: how clang returns with -mlvi-hardening.
static bool isHardenedReturn(ArrayRef<uint8_t> code) {
  bool rex = (code.front() & 0xF0) == 0x40; // of the pop, or hotpad's
  bool rexB = rex && (code.front() & 1);
  uint8_t pop = code[rex ? 1 : 0];
  SmallVector<uint8_t, 6> rest = {0x0F, 0xAE, 0xE8};
  if (rexB)
    rest.push_back(0x41);
  rest.push_back(0xFF);
  rest.push_back(0xE0 | (pop & 7));
  return (pop & 0xF8) == 0x58 &&
         code.drop_front(rex ? 2 : 1).take_front(rest.size()) == ArrayRef(rest);
}

/// Whether the code at \p place reads its return address and puts another one
/// in its place.
bool CodeWalker::movesReturnAddress(Place place) {
  auto [known, isNew] =
      movers.try_emplace({place.section, place.offset}, false);
  if (!isNew)
    return known->second;
  constexpr unsigned kMostInstructions = 48;
  const Section &section = binary.sections[place.section];
  const int64_t word = binary.arch == Arch::X86_64 ? 8 : 4;
  int64_t depth = 0; // of the return address below the top of the stack
  StackCopy copy;    // its distance is that to the return address
  bool hasCopy = false;
  bool reads = false, writes = false;
  Instruction instruction;
  uint64_t at = place.offset;
  for (unsigned i = 0; i != kMostInstructions && at < section.bytes.size() &&
                       decodeAt(place.section, at, instruction);
       i += instruction.flow != Flow::Nop) {
    ArrayRef<uint8_t> bytes = section.bytes.slice(at, instruction.length);
    if (hasCopy) {
      StackUse byCopy =
          useByCopy(binary.arch, bytes, copy.number, copy.distance);
      reads |= byCopy.reads;
      writes |= byCopy.writes && reads;
      hasCopy = !byCopy.isLost;
    }
    if (auto fresh = copyOfStackPointer(binary.arch, bytes)) {
      copy = {fresh->number, depth - fresh->distance};
      hasCopy = true;
    }
    StackUse use = stackUse(binary.arch, bytes);
    if (use.slot && *use.slot == depth) {
      if (binary.arch == Arch::X86_64 &&
          isHardenedReturn(section.bytes.drop_front(at)))
        break;
      reads |= use.reads;
      writes |= use.writes && reads;
    }
    bool asksWhere = // `call next; next: pop`
        instruction.flow == Flow::Call && instruction.isRelative &&
        instruction.field == 0 &&
        relocationAt(place.section, at + instruction.fieldOffset,
                     instruction.fieldWidth) == kNoRelocation;
    if (asksWhere)
      use.pushed = word;
    // In 32-bit code for Windows who is called takes arguments off the stack.
    bool mayPop = instruction.flow == Flow::Call && !asksWhere && depth >= 0 &&
                  binary.arch == Arch::X86 && binary.format == Format::Coff;
    if (use.isLost || mayPop ||
        takesReturnAddress(place.section, at + instruction.length, instruction))
      break;
    depth += use.pushed;
    writes |= reads && use.pushed == word && depth == 0; // push back
    // Back by way of a register.
    writes |= reads && depth == -word && instruction.flow == Flow::IndirectJump;
    if (writes || instruction.flow == Flow::Jump ||
        instruction.flow == Flow::Stop ||
        instruction.flow == Flow::IndirectJump)
      break;
    at += instruction.length;
  }
  return movers[{place.section, place.offset}] = writes;
}

/// Whether data may stand behind the call that ends at \p end.
bool CodeWalker::mayStepOverData(SectionIndex index, uint64_t end,
                                 const Instruction &instruction,
                                 const Function *owner) {
  if (binary.mode == Mode::Image || instruction.flow != Flow::Call ||
      !instruction.isRelative)
    return false;
  Place target = {end + static_cast<uint64_t>(instruction.field), index,
                  Side::Label};
  uint64_t field = end - instruction.length + instruction.fieldOffset;
  uint32_t number = relocationAt(index, field, instruction.fieldWidth);
  if (number != kNoRelocation) {
    const Relocation &relocation = binary.sections[index].relocations[number];
    const Symbol &symbol = binary.symbols[relocation.symbol];
    if (symbol.section == 0 || !relocation.namesPlace)
      return false;
    target = {symbol.offset + static_cast<uint64_t>(relocation.addend) +
                  (relocation.pcRelative ? end - field : 0),
              symbol.section, Side::Label};
  }
  // Within one function the address is taken to learn where the code is.
  bool isOwn = owner && target.section == index &&
               target.offset > owner->entry && target.offset < owner->end;
  return !isOwn && target.offset < binary.sections[target.section].size &&
         binary.sections[target.section].executable &&
         movesReturnAddress(target);
}

} // namespace hotpad::x86
