//===- WidenEntries.cpp ---------------------------------------------------===//
//
// The patch site needs a first instruction of two bytes. One-byte instructions
// become wider without becoming another instruction, in 64-bit code by an empty
// REX prefix, in 32-bit code by the form with a ModRM byte:
//
//     push %rbx   53         rex push %rbx   40 53
//     ret         c3         rex ret         40 c3
//     push %ebx   53         push %ebx       ff f3
//
// A REX prefix with no bit set changes nothing for the opcodes in the table.
// It is not 66, which turns a push into a 16-bit push, nor 48, which changes
// the operands of some. For every other opcode, and where the layout or
// --entry=nop asks for it, a NOP goes before the instruction.
//
//===----------------------------------------------------------------------===//

#include "passes/Pass.h"
#include "rewriter/x86/Nops.h"

namespace hotpad {

/// One-byte opcodes that 64-bit mode reads the same with a bare REX prefix.
static bool isNeutralWithRex(uint8_t opcode) {
  if (opcode >= 0x50 && opcode <= 0x5F) // push, pop
    return true;
  if (opcode >= 0x91 && opcode <= 0x97) // xchg with eax
    return true;
  switch (opcode) {
  case 0x98: // cwde
  case 0x99: // cdq
  case 0x9C: // pushf
  case 0x9D: // popf
  case 0x9E: // sahf
  case 0x9F: // lahf
  case 0xA4: // movs, cmps
  case 0xA5:
  case 0xA6:
  case 0xA7:
  case 0xAA: // stos, lods, scas
  case 0xAB:
  case 0xAC:
  case 0xAD:
  case 0xAE:
  case 0xAF:
  case 0xC3: // ret
  case 0xC9: // leave
  case 0xD7: // xlat
  case 0xF5: // cmc
  case 0xF8: // clc
  case 0xF9: // stc
  case 0xFC: // cld
  case 0xFD: // std
    return true;
  default: // among them int3, hlt, in and out, iret, retf
    return false;
  }
}

/// The two-byte form of a one-byte instruction of 32-bit code; nothing when
/// there is none. (Intel SDM volume 2, the tables of each instruction.)
static llvm::SmallVector<uint8_t, 2> modRmForm(uint8_t opcode) {
  auto form = [&](uint8_t wide, uint8_t modRm) {
    return llvm::SmallVector<uint8_t, 2>{
        wide, static_cast<uint8_t>(modRm + (opcode & 7))};
  };
  switch (opcode & 0xF8) {
  case 0x40: // inc
    return form(0xFF, 0xC0);
  case 0x48: // dec
    return form(0xFF, 0xC8);
  case 0x50: // push
    return form(0xFF, 0xF0);
  case 0x58: // pop
    return form(0x8F, 0xC0);
  case 0x90: // xchg with eax, but not nop
    if (opcode != 0x90)
      return form(0x87, 0xC0);
    break;
  default:
    break;
  }
  if (opcode == 0xC3) // rep ret
    return {0xF3, 0xC3};
  return {};
}

/// The wider form of the one-byte instruction at \p site, or false.
static bool widen(const PassInput &input, uint64_t site, EditList &edits) {
  static constexpr uint8_t kRex[] = {0x40};
  uint8_t opcode = input.code().bytes[site];
  if (input.binary.arch == Arch::X86_64) {
    if (!isNeutralWithRex(opcode))
      return false;
    edits.insertAfterLabel(site, kRex);
    return true;
  }
  auto wide = modRmForm(opcode);
  edits.replace(site, wide.empty() ? 0 : 1, wide);
  return !wide.empty();
}

/// Whether the entry begins with exactly \p size bytes of NOPs, up to an
/// instruction that is none or to the end of the wanted bytes.
static bool hasNops(const CodeMap &code, uint64_t at, unsigned size) {
  uint64_t end = at + size;
  if (size >= 2 && code.length(at) < 2) // two of one byte are no patch site
    return false;
  while (at < end && code.length(at) != 0 && code.flow(at) == Flow::Nop)
    at += code.length(at);
  return at == end;
}

/// Whether the entry has the NOP already that the layout asks for.
static bool hasWantedNop(const PassInput &input, uint64_t site) {
  if (!input.layout.movEdi)
    return hasNops(input.code().code, site, input.entryNop());
  auto wanted = input.entryNopBytes();
  return input.code().bytes.slice(site).take_front(wanted.size()) ==
         llvm::ArrayRef<uint8_t>(wanted);
}

llvm::Error widenEntries(const PassInput &input, EditList &edits) {
  const Section &section = input.code();
  for (const Function &function : input.functions) {
    if (function.skip != SkipReason::None)
      continue;
    unsigned length = section.code.length(function.site);
    bool isNop = section.code.flow(function.site) == Flow::Nop;
    bool isLoop =
        function.branchToSite || (function.branchIntoSite && length > 1);
    if (input.entryNop() != 0) {
      if (!hasWantedNop(input, function.site) || isLoop)
        edits.insertAfterLabel(function.site, input.entryNopBytes());
    } else if (length == 1 && !function.branchToSite) {
      if (isNop)
        edits.replace(function.site, 1, x86::kEntryNop);
      else if (!widen(input, function.site, edits))
        edits.insertAfterLabel(function.site, x86::kEntryNop);
    }
  }
  return llvm::Error::success();
}

} // namespace hotpad
