#include "patcher/detour/Detour.h"
#include "gtest/gtest.h"

using namespace hotpad::live;
using hotpad::patch::Bits;
using Bytes = std::vector<uint8_t>;

namespace {

constexpr uint64_t kSite = 0x401000, kDetour = 0x400000;

/// What follows the detour's endbr64. Expected bytes are put together by hand,
/// with Intel's manual.
Bytes detourOf(const Bytes &code) {
  auto detour = makeDetour(Bits::B64, code, kSite, kDetour);
  if (!detour) {
    llvm::consumeError(detour.takeError());
    return {};
  }
  EXPECT_EQ(Bytes(detour->begin(), detour->begin() + 4),
            (Bytes{0xf3, 0x0f, 0x1e, 0xfa}));
  EXPECT_LE(detour->size(), kDetourSize);
  return Bytes(detour->begin() + 4, detour->end());
}

TEST(Detour, CopiesAndGoesOn) {
  // rex push %rbx; jmp 0x401002
  EXPECT_EQ(detourOf({0x40, 0x53, 0x90}),
            (Bytes{0x40, 0x53, 0xe9, 0xf7, 0x0f, 0, 0}));
}

TEST(Detour, RipRelativeOperandAndImmediate) {
  // cmpl $5, 0x10(%rip) names 0x401017; there it ends at 0x40000b.
  EXPECT_EQ(detourOf({0x83, 0x3d, 0x10, 0, 0, 0, 5}),
            (Bytes{0x83, 0x3d, 0x0c, 0x10, 0, 0, 5, //
                   0xe9, 0xf7, 0x0f, 0, 0}));
}

TEST(Detour, Branches) {
  // jmp 0x401012
  EXPECT_EQ(detourOf({0xeb, 0x10}), (Bytes{0xe9, 0x09, 0x10, 0, 0}));
  // je 0x401012, else 0x401002
  EXPECT_EQ(detourOf({0x74, 0x10}), (Bytes{0x0f, 0x84, 0x08, 0x10, 0, 0, //
                                           0xe9, 0xf3, 0x0f, 0, 0}));
  // jrcxz 0x401012: over a jump that leads on.
  EXPECT_EQ(detourOf({0xe3, 0x10}),
            (Bytes{0xe3, 2, 0xeb, 5, 0xe9, 0x05, 0x10, 0, 0, //
                   0xe9, 0xf0, 0x0f, 0, 0}));
}

TEST(Detour, CallsPushTheOldReturnAddress) {
  // call 0x401015: lea -8(%rsp), %rsp; movl $0x401005, (%rsp); movl $0, 4(%rsp)
  Bytes push = {0x48, 0x8d, 0x64, 0x24, 0xf8, 0xc7, 0x04, 0x24, 0x05, 0x10,
                0x40, 0,    0xc7, 0x44, 0x24, 0x04, 0,    0,    0,    0};
  Bytes expected = push;
  expected.insert(expected.end(), {0xe9, 0xf8, 0x0f, 0, 0});
  EXPECT_EQ(detourOf({0xe8, 0x10, 0, 0, 0}), expected);
  // call *%rax becomes jmp *%rax.
  Bytes indirect = detourOf({0xff, 0xd0});
  ASSERT_EQ(indirect.size(), push.size() + 2);
  EXPECT_EQ(Bytes(indirect.end() - 2, indirect.end()), (Bytes{0xff, 0xe0}));
}

TEST(Detour, CountsWithoutATrace) {
  auto detour =
      makeDetour(Bits::B64, Bytes{0x40, 0x53}, kSite, kDetour, 0x402000);
  ASSERT_TRUE(bool(detour));
  EXPECT_EQ(*detour,
            (Bytes{0xf3, 0x0f, 0x1e, 0xfa,       //
                   0x48, 0x8d, 0x64, 0x24, 0x80, // lea -128(%rsp), %rsp
                   0x9c,                         // pushf
                   0xf0, 0x48, 0xff, 0x05, 0xee, 0x1f, 0, 0, // lock incq
                   0x9d,                                     // popf
                   0x48, 0x8d, 0xa4, 0x24, 0x80, 0,    0, 0, // lea 128
                   0x40, 0x53, 0xe9, 0xe0, 0x0f, 0,    0}));
  // The longest: a call of 15 bytes, with prefixes that say nothing.
  Bytes call = {0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e, 0x2e,
                0x41, 0xff, 0x93, 0x78, 0x56, 0x34, 0x12};
  detour = makeDetour(Bits::B64, call, kSite, kDetour, 0x402000);
  ASSERT_TRUE(bool(detour));
  EXPECT_LE(detour->size(), kDetourSize);
}

TEST(Detour, Of32BitCode) {
  auto detour = makeDetour(Bits::B32, Bytes{0x8b, 0xff}, kSite, kDetour);
  ASSERT_TRUE(bool(detour));
  EXPECT_EQ(*detour, (Bytes{0xf3, 0x0f, 0x1e, 0xfb, // endbr32
                            0x8b, 0xff,             // mov %edi, %edi
                            0xe9, 0xf7, 0x0f, 0, 0}));
  detour = makeDetour(Bits::B32, Bytes{0x8b, 0xff}, kSite, kDetour, 0x402000);
  ASSERT_TRUE(bool(detour));
  EXPECT_EQ(*detour,
            (Bytes{0xf3, 0x0f, 0x1e, 0xfb,                         //
                   0x9c,                                           // pushf
                   0xf0, 0x83, 0x05, 0x00, 0x20, 0x40, 0x00, 0x01, // lock addl
                   0x73, 0x07,                                     // jnc
                   0xf0, 0xff, 0x05, 0x04, 0x20, 0x40, 0x00,       // lock incl
                   0x9d,                                           // popf
                   0x8b, 0xff, 0xe9, 0xe4, 0x0f, 0,    0}));
  // incl 0x04030201: an address, no distance.
  detour = makeDetour(Bits::B32, Bytes{0xff, 0x05, 1, 2, 3, 4}, kSite, kDetour);
  ASSERT_TRUE(bool(detour));
  EXPECT_EQ(Bytes(detour->begin() + 4, detour->begin() + 10),
            (Bytes{0xff, 0x05, 1, 2, 3, 4}));
}

TEST(Detour, WhatCannotBeMoved) {
  EXPECT_TRUE(detourOf({0xff, 0x54, 0x24, 0x08}).empty()); // call *8(%rsp)
  EXPECT_TRUE(detourOf({0xff, 0xd4}).empty());             // call *%rsp
  EXPECT_TRUE(detourOf({0x06}).empty());                   // no instruction
  Bytes far = {0x48, 0x8d, 0x05, 0, 0, 0, 0x80}; // lea -2 GB(%rip), %rax
  auto detour = makeDetour(Bits::B64, far, kSite, kSite + 0x1000);
  EXPECT_FALSE(bool(detour));
  llvm::consumeError(detour.takeError());
}

} // namespace
