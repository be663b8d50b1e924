//===- IslandsTest.cpp ----------------------------------------------------===//

#include "rewriter/image/Islands.h"
#include "gtest/gtest.h"
#include <bitset>
#include <random>

using namespace hotpad;
using namespace hotpad::image;

namespace {

/// Against a bit for each byte.
TEST(SpareBytes, RandomAgainstBits) {
  constexpr uint64_t kSize = 512;
  std::mt19937 random(1);
  auto upTo = [&](uint64_t most) {
    return std::uniform_int_distribution<uint64_t>(0, most)(random);
  };
  for (int round = 0; round != 200; ++round) {
    SpareBytes spare;
    std::bitset<kSize> free;
    auto allFree = [&](uint64_t begin, uint64_t end) {
      for (uint64_t at = begin; at != end; ++at)
        if (at >= kSize || !free[at])
          return false;
      return true;
    };
    for (uint64_t at = upTo(20); at < kSize; at += 1 + upTo(60)) {
      uint64_t end = std::min(at + upTo(30), kSize);
      spare.add(1, at, end);
      spare.add(2, at + 1, end + 1); // another section does not matter
      for (; at != end; ++at)
        free.set(at);
    }
    for (int step = 0; step != 60; ++step) {
      uint64_t lowest = upTo(kSize - 1), size = 1 + upTo(7);
      if (step % 3 == 0) {
        bool taken = spare.take(1, lowest, lowest + size);
        EXPECT_EQ(taken, allFree(lowest, lowest + size));
        for (uint64_t at = lowest; taken && at != lowest + size; ++at)
          free.reset(at);
        continue;
      }
      uint64_t highest = lowest + upTo(100), expected = lowest;
      while (expected <= highest && !allFree(expected, expected + size))
        ++expected;
      std::optional<uint64_t> begin =
          spare.takeLowest(1, lowest, highest, size);
      ASSERT_EQ(begin.has_value(), expected <= highest);
      if (!begin)
        continue;
      EXPECT_EQ(*begin, expected);
      for (uint64_t at = *begin; at != *begin + size; ++at)
        free.reset(at);
    }
    uint64_t last = 0;
    for (auto [begin, end] : spare.left(1, 0, kSize)) {
      EXPECT_TRUE(allFree(begin, end));
      for (; last != begin; ++last)
        EXPECT_FALSE(free[last]);
      last = end;
    }
    for (; last != kSize; ++last)
      EXPECT_FALSE(free[last]);
  }
}

/// A section of functions, all of which are to be forwarded.
struct Code {
  Binary binary;
  ImagePlan plan;
  std::vector<uint8_t> bytes;

  Code() {
    binary.mode = Mode::Image;
    binary.sections.resize(2);
    binary.sections[1].name = ".text";
    binary.sections[1].address = 0x1000;
  }

  /// `nop` up to the last byte, `ret`, and then int3.
  void add(uint64_t size, uint64_t padding, EntryJump jump) {
    Function function;
    function.section = 1;
    function.gapBegin =
        binary.functions.empty() ? 0 : binary.functions.back().end;
    function.entry = function.gapKept = function.site = bytes.size();
    function.end = function.entry + size;
    function.sized = true;
    binary.functions.push_back(function);
    bytes.insert(bytes.end(), size - 1, 0x50); // push %rax
    bytes.push_back(0xC3);
    bytes.insert(bytes.end(), padding, 0xCC);
    jumps.push_back(jump);
  }

  void run() {
    Section &section = binary.sections[1];
    section.bytes = bytes;
    section.size = bytes.size();
    section.code.reset(bytes.size());
    binary.sortFunctions();
    for (const Function &function : binary.functions) {
      for (uint64_t at = function.entry; at + 1 != function.end; ++at)
        section.code.set(at, 1, Flow::Next, false);
      section.code.set(function.end - 1, 1, Flow::Stop);
    }
    for (size_t i = 0; i != jumps.size(); ++i) {
      PlannedFunction planned;
      planned.function = &binary.functions[i];
      planned.tactic =
          jumps[i] == EntryJump::None ? Tactic::Native : Tactic::Forward;
      planned.jump = jumps[i];
      plan.functions.push_back(std::move(planned));
    }
    planIslands(
        binary, Config(),
        [&](size_t, PlannedFunction &planned) {
          if (!canForward)
            return planned.skip(SkipReason::UnknownUnwindData);
          planned.tactic = Tactic::Forward;
          planned.jump = EntryJump::Near;
        },
        plan);
  }

  const PlannedFunction &operator[](size_t i) const {
    return plan.functions[i];
  }
  std::vector<EntryJump> jumps;
  bool canForward = false; ///< What could stay as it is.
};

TEST(Islands, PaddingFirst) {
  Code code;
  code.add(20, 0, EntryJump::Near);  // 0: would have room
  code.add(2, 0, EntryJump::Short);  // 20
  code.add(2, 0, EntryJump::Short);  // 22
  code.add(2, 14, EntryJump::Short); // 24
  code.add(8, 0, EntryJump::None);   // 40, needs 6 of the 14
  code.run();
  for (size_t i = 0; i != 4; ++i)
    EXPECT_EQ(code[i].tactic, Tactic::Forward) << i;
  EXPECT_EQ(code[3].jump, EntryJump::Near) << "takes 3 bytes of padding";
  EXPECT_EQ(code[1].jump, EntryJump::Short);
  EXPECT_EQ(code[1].island, 29u) << "behind these";
  EXPECT_EQ(code[2].jump, EntryJump::Short);
  EXPECT_EQ(code[2].island, 5u) << "the dead body";
}

TEST(Islands, PaddingThatNobodyNeedsBehind) {
  Code code;
  code.add(2, 4, EntryJump::Short);
  code.add(9, 0, EntryJump::Near);
  code.run();
  EXPECT_EQ(code[0].jump, EntryJump::Near);
}

TEST(Islands, AShortJumpTakesAByteOfPadding) {
  Code code;
  code.add(1, 7, EntryJump::Short);
  code.add(8, 0, EntryJump::None); // needs 6 of the 7
  code.add(10, 0, EntryJump::Near);
  code.run();
  EXPECT_EQ(code[0].jump, EntryJump::Short);
  EXPECT_EQ(code[0].island, 16u + 5);
}

TEST(Islands, OutOfReach) {
  for (uint64_t between : {119u, 120u}) {
    Code code;
    code.add(2, 0, EntryJump::Short);
    code.add(between, 0, EntryJump::None);
    code.add(10, 0, EntryJump::Near); // its last 5 bytes
    code.run();
    bool reaches = 2 + between + 5 <= 2 + 127;
    EXPECT_EQ(code[0].tactic, reaches ? Tactic::Forward : Tactic::Skip);
    EXPECT_EQ(code[0].reason, reaches ? SkipReason::None : SkipReason::NoRoom);
  }
}

TEST(Islands, AFunctionThatCouldStayMakesRoom) {
  for (bool canForward : {false, true}) {
    Code code;
    code.canForward = canForward;
    code.add(9, 0, EntryJump::None);  // too short for both jumps
    code.add(15, 0, EntryJump::None); // for two islands
    code.add(2, 0, EntryJump::Short);
    code.add(2, 0, EntryJump::Short);
    code.add(2, 0, EntryJump::Short);
    code.run();
    EXPECT_EQ(code[0].tactic, Tactic::Native);
    EXPECT_EQ(code[1].tactic, canForward ? Tactic::Forward : Tactic::Native);
    EXPECT_EQ(code[2].tactic, canForward ? Tactic::Forward : Tactic::Skip);
    EXPECT_EQ(code[3].tactic, canForward ? Tactic::Forward : Tactic::Skip);
    EXPECT_EQ(code[4].reason, SkipReason::NoRoom);
    if (canForward) {
      EXPECT_EQ(code[2].island, 14u);
      EXPECT_EQ(code[3].island, 19u);
    }
  }
}

TEST(Islands, NotWhereSomethingLeads) {
  Code code;
  code.binary.waysIn.insert(1, 11, 12);
  code.add(2, 0, EntryJump::Short);
  code.add(10, 0, EntryJump::Near);
  code.run();
  EXPECT_EQ(code[0].reason, SkipReason::NoRoom);
}

TEST(Islands, NotInAPadThatCodeRunsThrough) {
  Code code;
  code.add(2, 0, EntryJump::Short);
  code.add(8, 12, EntryJump::None);
  code.add(8, 0, EntryJump::None);
  code.binary.functions[2].fallsInto = FallsInto::Maybe;
  code.run();
  EXPECT_EQ(code[0].reason, SkipReason::NoRoom);
}

TEST(Islands, WhatRunsIntoAFunctionComesToItsCopy) {
  Code code;
  code.add(8, 12, EntryJump::None);
  code.add(2, 0, EntryJump::Short);
  code.binary.functions[1].fallsInto = FallsInto::Maybe;
  code.run();
  EXPECT_EQ(code[1].island, 8u);
  ASSERT_EQ(code.plan.leftOver.size(), 1u);
  EXPECT_EQ(code.plan.leftOver[0].begin, 13u);
  EXPECT_EQ(code.plan.leftOver[0].end, 20u);
}

} // namespace
