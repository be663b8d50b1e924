//===- CursorTest.cpp - reading stops where the bytes do ------------------===//

#include "rewriter/core/Cursor.h"
#include "gtest/gtest.h"
#include <vector>

using namespace hotpad;

namespace {

const std::vector<uint8_t> kBytes = {0x01, 0x02, 0x03, 0x04, 0x05,
                                     0x06, 0x07, 0x08, 0x80, 0x80};

TEST(Cursor, Fixed) {
  Cursor cursor(kBytes, 0, kBytes.size());
  EXPECT_EQ(cursor.byte(), 0x01);
  EXPECT_EQ(cursor.fixed(2), 0x0302u);
  EXPECT_EQ(cursor.fixed(4), 0x07060504u);
  EXPECT_EQ(cursor.offset(), 7u);
  EXPECT_TRUE(cursor.ok());
  EXPECT_EQ(cursor.fixed(4), 0u);
  EXPECT_FALSE(cursor.ok());
  EXPECT_EQ(cursor.byte(), 0) << "after a failure everything fails";
  EXPECT_EQ(cursor.offset(), 7u) << "a failure does not move it";
  Cursor eight(kBytes, 0, kBytes.size());
  EXPECT_EQ(eight.fixed(8), 0x0807060504030201ull);
}

TEST(Cursor, Limits) {
  Cursor part(kBytes, 2, 4);
  EXPECT_EQ(part.end(), 4u);
  EXPECT_EQ(part.fixed(4), 0u);
  EXPECT_FALSE(part.ok());
  Cursor exact(kBytes, 2, 4);
  EXPECT_EQ(exact.fixed(2), 0x0403u);
  EXPECT_TRUE(exact.atEnd());
  EXPECT_TRUE(exact.ok());
  Cursor farEnd(kBytes, 9, 1000);
  EXPECT_EQ(farEnd.end(), kBytes.size());
  Cursor farBegin(kBytes, 1000, 2000);
  EXPECT_FALSE(farBegin.ok());
  EXPECT_TRUE(farBegin.atEnd());
  EXPECT_EQ(farBegin.fixed(1), 0u);
  EXPECT_EQ(farBegin.uleb(), 0u);
  EXPECT_EQ(farBegin.sleb(), 0);
  Cursor none({}, 0, 0);
  EXPECT_TRUE(none.ok());
  EXPECT_TRUE(none.atEnd());
  EXPECT_EQ(none.byte(), 0);
  EXPECT_FALSE(none.ok());
}

TEST(Cursor, Skip) {
  Cursor cursor(kBytes, 4, 8);
  cursor.skip(4);
  EXPECT_TRUE(cursor.ok());
  EXPECT_TRUE(cursor.atEnd());
  cursor.skip(0);
  EXPECT_TRUE(cursor.ok());
  cursor.skip(1);
  EXPECT_FALSE(cursor.ok());
  Cursor wraps(kBytes, 4, 8);
  wraps.skip(~0ull);
  EXPECT_FALSE(wraps.ok());
}

TEST(Cursor, Leb) {
  const std::vector<uint8_t> bytes = {0xE5, 0x8E, 0x26, 0x7F, 0x80, 0x00, 0x80};
  Cursor cursor(bytes, 0, bytes.size());
  EXPECT_EQ(cursor.uleb(), 624485u);
  EXPECT_EQ(cursor.sleb(), -1);
  EXPECT_EQ(cursor.uleb(), 0u);
  EXPECT_EQ(cursor.offset(), 6u);
  EXPECT_EQ(cursor.uleb(), 0u);
  EXPECT_FALSE(cursor.ok()) << "no end in sight";
  const std::vector<uint8_t> tooLarge(11, 0xFF);
  Cursor large(tooLarge, 0, tooLarge.size());
  EXPECT_EQ(large.uleb(), 0u);
  EXPECT_FALSE(large.ok());
}

} // namespace
