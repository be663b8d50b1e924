#include "patcher/core/Encoding.h"
#include "gtest/gtest.h"

using namespace hotpad::patch;

namespace {

// The bytes are those of the contract, put together by hand.
TEST(Encoding, Pad64) {
  // jmp *0x10(%rip) at 0xffa: the next instruction would be at 0x1000.
  PadBytes expected = {0xff, 0x25, 0x10, 0, 0, 0};
  EXPECT_EQ(encodePad(Bits::B64, 0x1000, 0x1010), expected);
  EXPECT_EQ(decodePad(Bits::B64, 0x1000, expected), 0x1010u);
  PadBytes back = {0xff, 0x25, 0xf0, 0xff, 0xff, 0xff};
  EXPECT_EQ(encodePad(Bits::B64, 0x1000, 0xff0), back);
  EXPECT_EQ(decodePad(Bits::B64, 0x1000, back), 0xff0u);
}

TEST(Encoding, Pad32) {
  PadBytes expected = {0xff, 0x25, 0x44, 0x33, 0x22, 0x11};
  EXPECT_EQ(encodePad(Bits::B32, 0x1000, 0x11223344), expected);
  EXPECT_EQ(decodePad(Bits::B32, 0x1000, expected), 0x11223344u);
}

TEST(Encoding, OtherBytesAreNoPad) {
  EXPECT_FALSE(
      decodePad(Bits::B64, 0x1000, {0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc}));
  EXPECT_FALSE(decodePad(Bits::B64, 0x1000, {0xff, 0x15, 0, 0, 0, 0}));
}

TEST(Encoding, Site) {
  EXPECT_EQ(encodeSite(0x1000, 0x1000), (SiteBytes{0xeb, 0xf8}));
  EXPECT_EQ(encodeSite(0x1000, 0x1004), (SiteBytes{0xeb, 0xf4})); // endbr
}

TEST(Encoding, Reach) {
  uint64_t entry = 0x7f0000000000;
  EXPECT_TRUE(reachesSlot(Bits::B64, entry, entry + 0x7fffffff));
  EXPECT_FALSE(reachesSlot(Bits::B64, entry, entry + 0x80000000));
  EXPECT_TRUE(reachesSlot(Bits::B64, entry, entry - 0x80000000));
  EXPECT_FALSE(reachesSlot(Bits::B64, entry, entry - 0x80000001));
  EXPECT_TRUE(reachesSlot(Bits::B32, 0x1000, 0xfffffffc));
}

} // namespace
