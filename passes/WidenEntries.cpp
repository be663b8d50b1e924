//===- WidenEntries.cpp ---------------------------------------------------===//
//
// The patch site needs a first instruction of two bytes. One-byte instructions
// become wider without becoming another instruction:
//
//     push %rbx   53         rex push %rbx   40 53
//     ret         c3         rex ret         40 c3
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

/// Whether the entry begins with exactly \p size bytes of NOPs, up to an
/// instruction that is none or to the end of the wanted bytes.
static bool hasNops(const CodeMap &code, uint64_t at, unsigned size) {
  uint64_t end = at + size;
  while (at < end && code.length(at) != 0 && code.flow(at) == Flow::Nop)
    at += code.length(at);
  return at == end;
}

llvm::Error widenEntries(const PassInput &input, EditList &edits) {
  static constexpr uint8_t kRex[] = {0x40};
  const Section &section = input.code();
  unsigned wanted = input.entryNop();
  for (const Function &function : input.functions) {
    if (function.skip != SkipReason::None)
      continue;
    unsigned length = section.code.length(function.site);
    bool isNop = section.code.flow(function.site) == Flow::Nop;
    uint8_t opcode = section.bytes[function.site];
    bool isLoop =
        function.branchToSite || (function.branchIntoSite && length > 1);
    if (wanted != 0) {
      if (!hasNops(section.code, function.site, wanted) || isLoop)
        edits.insertAfterLabel(function.site, x86::nops(wanted));
    } else if (length == 1 && !function.branchToSite) {
      if (isNeutralWithRex(opcode))
        edits.insertAfterLabel(function.site, kRex);
      else if (isNop)
        edits.replace(function.site, 1, x86::kEntryNop);
      else
        edits.insertAfterLabel(function.site, x86::kEntryNop);
    }
  }
  return llvm::Error::success();
}

} // namespace hotpad
