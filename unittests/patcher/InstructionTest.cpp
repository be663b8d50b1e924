#include "patcher/core/Instruction.h"
#include "rewriter/x86/Decoder.h"
#include "gtest/gtest.h"
#include <random>

using namespace hotpad;
using patch::Bits;

namespace {

class InstructionTest : public testing::TestWithParam<Bits> {
protected:
  Bits bits() const { return GetParam(); }
  Arch arch() const { return bits() == Bits::B64 ? Arch::X86_64 : Arch::X86; }

  /// Whether both know the instruction and say the same of it. One that only
  /// the other knows is refused, which is allowed.
  bool agree(const std::vector<uint8_t> &bytes, uint64_t &known) const {
    x86::Instruction expected;
    if (!x86::decode(arch(), bytes, 0, expected))
      return true; // No processor gets that far.
    auto found = patch::decodeInstruction(bits(), bytes);
    if (!found)
      return true;
    ++known;
    bool isBranch = found->kind != patch::Instruction::Plain &&
                    found->kind != patch::Instruction::IndirectCall;
    bool isCall = found->kind == patch::Instruction::Call ||
                  found->kind == patch::Instruction::IndirectCall;
    unsigned field = expected.isRelative ? 0 : expected.fieldOffset;
    return found->length == expected.length &&
           isBranch == expected.isRelative && found->ripRelative == field &&
           (!isBranch || found->displacement == expected.field) &&
           isCall == (expected.flow == Flow::Call);
  }
};

// The oracle is Zydis, which decodes everything that hotpad rewrites.
TEST_P(InstructionTest, AgreesWithZydisOnRandomBytes) {
  std::mt19937 random(1);
  constexpr int kTrials = 400000;
  uint64_t known = 0;
  for (int i = 0; i != kTrials; ++i) {
    std::vector<uint8_t> bytes(patch::kLongestInstruction);
    for (uint8_t &byte : bytes)
      byte = static_cast<uint8_t>(random());
    // Every opcode as often as any other, also behind the escapes.
    if (i % 3 == 1)
      bytes[0] = 0x0f;
    else if (i % 3 == 2 && i % 2)
      bytes[0] = uint8_t(0x40 | (random() & 0xf));
    ASSERT_TRUE(agree(bytes, known)) << testing::PrintToString(bytes);
  }
  EXPECT_GT(known, kTrials / 2u);
}

// What compilers begin functions with is known.
TEST_P(InstructionTest, KnowsOrdinaryFirstInstructions) {
  const std::vector<std::vector<uint8_t>> all = {
      {0x55},
      {0x66, 0x90},
      {0x8b, 0xff},
      {0x53},
      {0xc3},
      {0xf3, 0xc3},
      {0x83, 0xec, 0x10},
      {0x81, 0xec, 0, 1, 0, 0},
      {0x8b, 0x44, 0x24, 4},
      {0xb8, 1, 0, 0, 0},
      {0x31, 0xc0},
      {0x33, 0xc0},
      {0xe9, 0, 1, 0, 0},
      {0xe8, 0, 1, 0, 0},
      {0xff, 0x25, 0, 1, 0, 0},
      {0x68, 1, 2, 3, 4},
      {0x6a, 1},
      {0x0f, 0xb6, 0x44, 0x24, 4},
      {0x0f, 0x57, 0xc0},
      {0xa1, 1, 2, 3, 4, 5, 6, 7, 8},
      {0xf2, 0x0f, 0x10, 0x44, 0x24, 4},
      {0xc5, 0xf8, 0x57, 0xc0},
      {0x62, 0xf1, 0x7c, 0x48, 0x28, 0x07},
      {0xd9, 0x44, 0x24, 4},
      {0xf7, 0xc1, 1, 0, 0, 0},
      {0xf6, 0xc1, 1},
      {0xc4, 0xe2, 0x71, 0xf7, 0xc0},
      {0x0f, 0x84, 0, 1, 0, 0},
      {0x75, 4}};
  uint64_t known = 0;
  for (const std::vector<uint8_t> &bytes : all) {
    uint64_t before = known;
    EXPECT_TRUE(agree(bytes, known)) << testing::PrintToString(bytes);
    EXPECT_EQ(known, before + 1) << testing::PrintToString(bytes);
  }
}

// Cut anywhere, an instruction is none.
TEST_P(InstructionTest, EndsWithItsBytes) {
  std::mt19937 random(2);
  for (int i = 0; i != 20000; ++i) {
    std::vector<uint8_t> bytes(patch::kLongestInstruction);
    for (uint8_t &byte : bytes)
      byte = static_cast<uint8_t>(random());
    auto whole = patch::decodeInstruction(bits(), bytes);
    if (!whole)
      continue;
    bytes.resize(whole->length);
    auto exact = patch::decodeInstruction(bits(), bytes);
    ASSERT_TRUE(exact && exact->length == whole->length);
    bytes.pop_back();
    ASSERT_FALSE(patch::decodeInstruction(bits(), bytes));
  }
  EXPECT_FALSE(patch::decodeInstruction(bits(), {}));
}

INSTANTIATE_TEST_SUITE_P(Widths, InstructionTest,
                         testing::Values(Bits::B32, Bits::B64));

} // namespace
