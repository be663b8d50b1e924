//===- CodeMapTest.cpp ----------------------------------------------------===//

#include "rewriter/core/CodeMap.h"
#include "gtest/gtest.h"

using namespace hotpad;

namespace {

TEST(CodeMap, Cells) {
  CodeMap code;
  EXPECT_TRUE(code.empty());
  EXPECT_EQ(code.length(0), 0u);
  EXPECT_FALSE(code.label(0));
  code.setLabel(3); // nowhere: nothing happens
  code.reset(20);
  code.setLabel(2);
  code.set(2, 15, Flow::Stop);
  EXPECT_TRUE(code.label(2)) << "decoding keeps the label";
  EXPECT_EQ(code.length(2), 15u);
  EXPECT_EQ(code.flow(2), Flow::Stop);
  code.setLabel(2);
  EXPECT_EQ(code.length(2), 15u) << "and the other way round";
  code.setLabel(20);
  EXPECT_FALSE(code.label(20));
  EXPECT_EQ(code.length(20), 0u);
}

TEST(CodeMap, Fields) {
  CodeMap code;
  code.reset(20);
  code.set(0, 7, Flow::Next, /*hasField=*/true);
  code.set(7, 3, Flow::Next, /*hasField=*/false);
  code.set(10, 1, Flow::Stop, /*hasField=*/false);
  EXPECT_EQ(code.flow(0), Flow::Next);
  EXPECT_EQ(code.length(0), 7u);
  EXPECT_TRUE(code.mayHaveField(0));
  EXPECT_EQ(code.flow(7), Flow::Next);
  EXPECT_FALSE(code.mayHaveField(7));
  EXPECT_EQ(code.flow(10), Flow::Stop);
}

TEST(CodeMap, InstructionEndingAt) {
  CodeMap code;
  code.reset(20);
  code.set(0, 2, Flow::Next);
  code.set(2, 15, Flow::Jump);
  code.set(16, 1, Flow::Nop); // overlaps the one before, and ends with it
  EXPECT_EQ(code.instructionEndingAt(2), 0u);
  EXPECT_EQ(code.instructionEndingAt(17), 16u) << "the shortest";
  EXPECT_EQ(code.instructionEndingAt(16), ~0ull);
  EXPECT_EQ(code.instructionEndingAt(0), ~0ull);
  EXPECT_EQ(code.instructionEndingAt(20), ~0ull);
}

} // namespace
