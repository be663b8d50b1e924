//===- WidenTest.cpp - wider, and the same instruction --------------------===//
//
// Every one-byte opcode at the entry of a function: what the pass makes of it
// has to be the same to LLVM's disassembler, mnemonic and operands.
//
//===----------------------------------------------------------------------===//

#include "passes/Pass.h"
#include "rewriter/core/Apply.h"
#include "rewriter/x86/Decoder.h"
#include "unittests/Disassembler.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

using namespace hotpad;

namespace {

using Bytes = std::vector<uint8_t>;

/// The bytes of a function after the pass.
Bytes widen(const Bytes &bytes, bool nopEntries = false,
            llvm::StringRef layoutName = "ms", Arch arch = Arch::X86_64) {
  Binary binary;
  binary.arch = arch;
  binary.sections.resize(2);
  Section &section = binary.sections[1];
  section.bytes = bytes;
  section.size = bytes.size();
  section.executable = true;
  section.code.reset(bytes.size());
  x86::Instruction instruction;
  if (!x86::decode(arch, bytes, 0, instruction))
    return {};
  section.code.set(0, instruction.length, instruction.flow);
  Function function;
  function.section = 1;
  function.end = bytes.size();
  binary.functions.push_back(function);
  Layout layout = llvm::cantFail(findLayout(layoutName));
  PassInput input{binary, 1, binary.functions, layout, nopEntries, false};
  EditList edits;
  llvm::cantFail(widenEntries(input, edits));
  llvm::cantFail(edits.freeze(bytes.size()));
  return applyEdits(bytes, edits);
}

TEST(Widen, EveryOneByteOpcode) {
  Disassembler llvm;
  unsigned withPrefix = 0, withNop = 0;
  for (unsigned opcode = 0; opcode != 256; ++opcode) {
    Bytes old = {static_cast<uint8_t>(opcode)};
    if (llvm.length(old) != 1)
      continue;
    x86::Instruction instruction;
    if (!x86::decode(Arch::X86_64, old, 0,
                     instruction)) // a prefix, to LLVM an instruction
      continue;
    std::string before = llvm.text(old);
    Bytes wide = widen(old);
    SCOPED_TRACE(before + " -> " + llvm::toHex(wide, true));
    ASSERT_TRUE(x86::decode(Arch::X86_64, wide, 0, instruction));
    EXPECT_EQ(instruction.length, 2);
    if (opcode == 0x90) {
      EXPECT_EQ(wide, (Bytes{0x66, 0x90}));
      continue;
    }
    if (wide.size() == 2) {
      ++withPrefix;
      EXPECT_EQ(wide[0], 0x40) << "nothing but an empty REX";
      EXPECT_EQ(wide[1], opcode);
      EXPECT_EQ(llvm.text(wide), before);
      EXPECT_EQ(llvm.length(wide), 2u);
    } else {
      ++withNop;
      EXPECT_EQ(wide, (Bytes{0x66, 0x90, static_cast<uint8_t>(opcode)}));
      EXPECT_EQ(llvm.text(wide), "nop; " + before);
    }
    EXPECT_EQ(widen(wide), wide) << "wide enough";
    EXPECT_EQ(widen(old, true),
              (Bytes{0x66, 0x90, static_cast<uint8_t>(opcode)}))
        << "--entry=nop";
  }
  EXPECT_GE(withPrefix, 45u);
  EXPECT_GE(withNop, 5u);
}

// push %r12 has a prefix already; so has everything longer.
TEST(Widen, LongerStays) {
  for (const Bytes &bytes :
       {Bytes{0x41, 0x54}, Bytes{0x31, 0xC0}, Bytes{0xEB, 0x00},
        Bytes{0xF3, 0xC3}, Bytes{0x48, 0x83, 0xEC, 0x08}, Bytes{0x66, 0x90}})
    EXPECT_EQ(widen(bytes), bytes);
}

TEST(Widen, LayoutsWithNops) {
  EXPECT_EQ(widen({0x31, 0xC0}, false, "patchable:8,6"),
            (Bytes{0x66, 0x90, 0x31, 0xC0}));
  EXPECT_EQ(widen({0x66, 0x90, 0x31, 0xC0}, false, "patchable:8,6"),
            (Bytes{0x66, 0x90, 0x31, 0xC0}));
  EXPECT_EQ(widen({0x53}, false, "patchable:11,6"),
            (Bytes{0x0F, 0x1F, 0x44, 0, 0, 0x53}));
  // A layout without NOPs at the entry asks for no more than the contract.
  EXPECT_EQ(widen({0x53}, false, "patchable:6,6"), (Bytes{0x40, 0x53}));
}

Bytes widen32(const Bytes &bytes, llvm::StringRef layoutName = "ms") {
  return widen(bytes, false, layoutName, Arch::X86);
}

// The forms with a ModRM byte are the same instruction to LLVM as well.
TEST(Widen, EveryOneByteOpcodeOf32BitCode) {
  Disassembler llvm(Arch::X86);
  unsigned withModRm = 0, withNop = 0;
  for (unsigned opcode = 0; opcode != 256; ++opcode) {
    Bytes old = {static_cast<uint8_t>(opcode)};
    if (llvm.length(old) != 1)
      continue;
    x86::Instruction instruction;
    if (!x86::decode(Arch::X86, old, 0, instruction)) // a prefix
      continue;
    std::string before = llvm.text(old);
    Bytes wide = widen32(old);
    SCOPED_TRACE(before + " -> " + llvm::toHex(wide, true));
    ASSERT_TRUE(x86::decode(Arch::X86, wide, 0, instruction));
    EXPECT_EQ(instruction.length, 2);
    if (opcode == 0x90) {
      EXPECT_EQ(wide, (Bytes{0x66, 0x90}));
    } else if (opcode == 0xC3) {
      EXPECT_EQ(llvm.text(wide), "rep  retl");
    } else if (wide.size() == 2) {
      ++withModRm;
      EXPECT_EQ(llvm.length(wide), 2u);
      EXPECT_EQ(llvm.text(wide), before);
    } else {
      ++withNop;
      EXPECT_EQ(wide, (Bytes{0x66, 0x90, static_cast<uint8_t>(opcode)}));
      EXPECT_EQ(llvm.text(wide), "nop; " + before);
    }
    EXPECT_EQ(widen32(wide), wide) << "wide enough";
  }
  EXPECT_EQ(withModRm, 8u * 4 + 7) << "inc, dec, push, pop; xchg";
  EXPECT_GE(withNop, 20u);
}

TEST(Widen, MovEdiOfTheLayoutForX86) {
  EXPECT_EQ(widen32({0x55}, "ms-x86"), (Bytes{0x8B, 0xFF, 0x55}));
  EXPECT_EQ(widen32({0x31, 0xC0}, "ms-x86"), (Bytes{0x8B, 0xFF, 0x31, 0xC0}));
  EXPECT_EQ(widen32({0x8B, 0xFF, 0x55}, "ms-x86"), (Bytes{0x8B, 0xFF, 0x55}));
  // The NOP of another form is not what this layout's patchers look for.
  EXPECT_EQ(widen32({0x66, 0x90, 0x55}, "ms-x86"),
            (Bytes{0x8B, 0xFF, 0x66, 0x90, 0x55}));
}

} // namespace
