#include "patcher/core/FirstInstruction.h"
#include "patcher/core/Padding.h"
#include "patcher/detour/Detour.h"
#include "gtest/gtest.h"
#include <random>

using namespace hotpad::patch;
using Bytes = std::vector<uint8_t>;

namespace {

constexpr uint64_t kSite = 0x401000, kDetour = 0x400000;

class FirstInstructionOf : public testing::TestWithParam<Bits> {};
INSTANTIATE_TEST_SUITE_P(Widths, FirstInstructionOf,
                         testing::Values(Bits::B32, Bits::B64));

// The same code as the detours that are made with a disassembler, but for the
// endbr that those begin with.
TEST_P(FirstInstructionOf, AgreesWithADisassembler) {
  std::mt19937 random(3);
  unsigned compared = 0;
  for (int i = 0; i != 200000; ++i) {
    Bytes bytes(kLongestInstruction);
    for (uint8_t &byte : bytes)
      byte = static_cast<uint8_t>(random());
    auto expected = hotpad::live::makeDetour(GetParam(), bytes, kSite, kDetour);
    const char *why = nullptr;
    auto found =
        moveFirstInstruction(GetParam(), bytes, kSite, kDetour + 4, why);
    if (!expected) {
      llvm::consumeError(expected.takeError());
      continue;
    }
    if (!found)
      continue;
    ++compared;
    ASSERT_EQ(Bytes(expected->begin() + 4, expected->end()), *found)
        << testing::PrintToString(bytes);
    ASSERT_LE(found->size(), kDetourRoom);
  }
  EXPECT_GT(compared, 50000u);
}

Bytes moved32(const Bytes &code) {
  const char *why = nullptr;
  auto found = moveFirstInstruction(Bits::B32, code, kSite, kDetour, why);
  return found ? *found : Bytes();
}

// Expected bytes are put together by hand, with Intel's manual.
TEST(FirstInstruction, In32BitCode) {
  // mov %edi, %edi; jmp 0x401002
  EXPECT_EQ(moved32({0x8b, 0xff}), (Bytes{0x8b, 0xff, 0xe9, 0xfb, 0x0f, 0, 0}));
  // mov 0x12345678, %eax has an address, no distance.
  EXPECT_EQ(moved32({0xa1, 0x78, 0x56, 0x34, 0x12}),
            (Bytes{0xa1, 0x78, 0x56, 0x34, 0x12, 0xe9, 0xfb, 0x0f, 0, 0}));
  // call 0x401015: push $0x401005; jmp 0x401015
  EXPECT_EQ(moved32({0xe8, 0x10, 0, 0, 0}),
            (Bytes{0x68, 0x05, 0x10, 0x40, 0, 0xe9, 0x0b, 0x10, 0, 0}));
  // je 0x401012, else 0x401002
  EXPECT_EQ(moved32({0x74, 0x10}), (Bytes{0x0f, 0x84, 0x0c, 0x10, 0, 0, //
                                          0xe9, 0xf7, 0x0f, 0, 0}));
  // call *4(%eax) becomes jmp *4(%eax); of 4(%esp) a push would make another.
  EXPECT_EQ(moved32({0xff, 0x50, 4}),
            (Bytes{0x68, 0x03, 0x10, 0x40, 0, 0xff, 0x60, 4}));
  EXPECT_EQ(moved32({0xff, 0x54, 0x24, 4}), Bytes());
  // A distance beyond the end of memory wraps around.
  EXPECT_EQ(moved32({0xe9, 0, 0, 0, 0xf0}), (Bytes{0xe9, 0, 0x10, 0, 0xf0}));
}

TEST(FirstInstruction, SaysWhyNot) {
  const char *why = nullptr;
  EXPECT_FALSE(moveFirstInstruction(Bits::B64, Bytes{0x06}, 0, 0, why));
  EXPECT_STREQ(why, "its first instruction is not known");
  EXPECT_FALSE(
      moveFirstInstruction(Bits::B64, Bytes{0xff, 0x14, 0x24}, 0, 0, why));
  EXPECT_STREQ(why, "its first instruction calls through the stack");
  EXPECT_FALSE(moveFirstInstruction(Bits::B64, Bytes{0xe9, 0, 0, 0, 0}, 0,
                                    uint64_t(1) << 40, why));
  EXPECT_STREQ(why, "what its first instruction names is out of reach");
}

TEST(Padding, IsTrapsAndNops) {
  EXPECT_TRUE(isPadding(Bits::B64, {0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc}));
  EXPECT_TRUE(isPadding(Bits::B64, {0x90, 0x90, 0x66, 0x90, 0xcc, 0xcc}));
  EXPECT_TRUE(isPadding(Bits::B64, {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00}));
  EXPECT_TRUE(isPadding(Bits::B64, {0xeb, 0x04, 0xcc, 0xcc, 0xcc, 0xcc}));
  // lea 0(%esi), %esi: a NOP in 32-bit code alone.
  PadBytes lea = {0x8d, 0xb6, 0, 0, 0, 0};
  EXPECT_TRUE(isPadding(Bits::B32, lea));
  EXPECT_FALSE(isPadding(Bits::B64, lea));
  EXPECT_TRUE(isPadding(Bits::B32, {0x8d, 0x74, 0x26, 0x00, 0x8b, 0xff}));
}

TEST(Padding, IsNothingElse) {
  EXPECT_FALSE(isPadding(Bits::B64, {0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(isPadding(Bits::B64, {0xeb, 0x03, 0xcc, 0xcc, 0xcc, 0xcc}));
  EXPECT_FALSE(isPadding(Bits::B64, {0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xc3}));
  // A NOP that goes on into the entry.
  EXPECT_FALSE(isPadding(Bits::B64, {0xcc, 0xcc, 0xcc, 0xcc, 0x0f, 0x1f}));
  // xchg %r8, %rax and pause
  EXPECT_FALSE(isPadding(Bits::B64, {0xcc, 0xcc, 0xcc, 0xcc, 0x49, 0x90}));
  EXPECT_FALSE(isPadding(Bits::B64, {0xcc, 0xcc, 0xcc, 0xcc, 0xf3, 0x90}));
  // lea 1(%esi), %esi; lea 0(%esi), %edi
  EXPECT_FALSE(isPadding(Bits::B32, {0x8d, 0x76, 0x01, 0xcc, 0xcc, 0xcc}));
  EXPECT_FALSE(isPadding(Bits::B32, {0x8d, 0x7e, 0x00, 0xcc, 0xcc, 0xcc}));
}

TEST(Padding, OfTrapsAloneIsNotRun) {
  EXPECT_FALSE(mayBeRun({0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc}));
  EXPECT_TRUE(mayBeRun({0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0x90}));
}

} // namespace
