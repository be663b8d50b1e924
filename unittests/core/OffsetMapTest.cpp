//===- OffsetMapTest.cpp - edits and maps against brute force -------------===//
//
// The model of a section under edit is a list of cells, one for each byte that
// comes out, each with a label: the old offset it was copied from, or nothing
// for a new byte. Where an old boundary went is found by looking.
//
//===----------------------------------------------------------------------===//

#include "rewriter/core/Apply.h"
#include "rewriter/core/EditList.h"
#include "gtest/gtest.h"
#include <optional>
#include <random>

using namespace hotpad;

namespace {

using Bytes = std::vector<uint8_t>;

/// What happens at one old boundary, and to the bytes behind it.
struct Boundary {
  Bytes beforeLabel, afterLabel;
  std::optional<Bytes> replacement; ///< Of `oldSize` bytes from here on.
  uint64_t oldSize = 0;
};

struct Places {
  uint64_t end = 0, label = 0, byte = 0;
  bool inside = false; ///< Of replaced bytes.
};

struct Model {
  Bytes out;
  std::vector<Places> places; ///< By old offset, the section's end included.
};

Model build(const Bytes &old, const std::vector<Boundary> &boundaries) {
  Model model;
  auto append = [&](const Bytes &bytes) {
    model.out.insert(model.out.end(), bytes.begin(), bytes.end());
  };
  uint64_t replacedUntil = 0;     // old offset
  uint64_t begin = 0, newEnd = 0; // of the replacement: old and new
  uint64_t newBegin = 0;
  for (uint64_t offset = 0; offset <= old.size(); ++offset) {
    Places places;
    if (offset < replacedUntil) { // inside: clamped to the new bytes
      places.end = places.label = places.byte =
          std::min(newBegin + (offset - begin), newEnd);
      places.inside = true;
      model.places.push_back(places);
      continue;
    }
    const Boundary &boundary = boundaries[offset];
    places.end = model.out.size();
    append(boundary.beforeLabel);
    places.label = model.out.size();
    append(boundary.afterLabel);
    places.byte = model.out.size();
    model.places.push_back(places);
    if (boundary.replacement) {
      begin = offset;
      replacedUntil = offset + boundary.oldSize;
      newBegin = model.out.size();
      append(*boundary.replacement);
      newEnd = model.out.size();
    } else if (offset != old.size()) {
      model.out.push_back(old[offset]);
    }
  }
  return model;
}

class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}
  uint64_t below(uint64_t limit) { return engine() % limit; }
  Bytes bytes(uint64_t size) {
    Bytes result(size);
    for (uint8_t &byte : result)
      byte = static_cast<uint8_t>(engine());
    return result;
  }

private:
  std::mt19937_64 engine;
};

void append(Bytes &to, const Bytes &bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// Edits in a random order; insertions of one kind at one offset keep theirs.
struct RandomEdits {
  EditList list;
  std::vector<Boundary> boundaries;
  uint64_t count = 0;

  RandomEdits(Random &random, uint64_t size) : boundaries(size + 1) {
    std::vector<bool> taken(size + 1, false);
    std::vector<bool> interior(size + 1, false);
    uint64_t density = 1 + random.below(6);
    for (uint64_t tries = size / density + random.below(8); tries != 0;
         --tries) {
      uint64_t offset = random.below(size + 1);
      if (interior[offset])
        continue; // tested by Refused
      Boundary &boundary = boundaries[offset];
      Bytes bytes = random.bytes(random.below(5));
      switch (random.below(3)) {
      case 0:
        list.insertBeforeLabel(offset, bytes);
        append(boundary.beforeLabel, bytes);
        count += !bytes.empty();
        break;
      case 1:
        list.insertAfterLabel(offset, bytes);
        append(boundary.afterLabel, bytes);
        count += !bytes.empty();
        break;
      default: {
        uint64_t run = random.below(7);
        if (run > size - offset)
          run = size - offset;
        bool free = run != 0;
        for (uint64_t i = 0; i != run; ++i)
          free = free && !taken[offset + i] &&
                 (i == 0 || isUntouched(boundaries[offset + i]));
        if (!free)
          continue;
        for (uint64_t i = 0; i != run; ++i) {
          taken[offset + i] = true;
          interior[offset + i] = i != 0;
        }
        list.replace(offset, run, bytes);
        boundary.replacement = bytes;
        boundary.oldSize = run;
        ++count;
      }
      }
    }
  }

  static bool isUntouched(const Boundary &boundary) {
    return boundary.beforeLabel.empty() && boundary.afterLabel.empty() &&
           !boundary.replacement;
  }
};

TEST(OffsetMap, AMillionRandomEdits) {
  uint64_t edits = 0;
  for (uint64_t round = 0; edits < 1'000'000; ++round) {
    Random random(round);
    uint64_t size = random.below(round % 50 == 0 ? 2000 : 60);
    Bytes old = random.bytes(size);
    RandomEdits made(random, size);
    edits += made.count;
    llvm::Expected<OffsetMap> map = made.list.freeze(size);
    ASSERT_TRUE(bool(map)) << "round " << round << ": "
                           << llvm::toString(map.takeError());
    Model model = build(old, made.boundaries);
    ASSERT_EQ(map->isIdentity(), made.count == 0) << "round " << round;
    ASSERT_EQ(applyEdits(old, made.list), model.out) << "round " << round;
    for (uint64_t offset = 0; offset <= size; ++offset) {
      const Places &places = model.places[offset];
      ASSERT_EQ(map->at(offset, Side::End).value, places.end)
          << "round " << round << " offset " << offset;
      ASSERT_EQ(map->at(offset, Side::Label).value, places.label)
          << "round " << round << " offset " << offset;
      ASSERT_EQ(map->at(offset, Side::Byte).value, places.byte)
          << "round " << round << " offset " << offset;
      ASSERT_EQ(map->isInsideReplaced(offset), places.inside)
          << "round " << round << " offset " << offset;
      ASSERT_EQ(map->delta(offset, Side::Byte),
                static_cast<int64_t>(places.byte - offset));
    }
    // Behind the end, as symbols may be, everything moves with the end.
    ASSERT_EQ(map->at(size + 5, Side::Byte).value, model.out.size() + 5)
        << "round " << round;
  }
}

TEST(OffsetMap, SidesOfOneBoundary) {
  EditList edits;
  edits.insertBeforeLabel(4, Bytes{0xCC, 0xCC, 0xCC});
  edits.insertAfterLabel(4, Bytes{0x66, 0x90});
  llvm::Expected<OffsetMap> map = edits.freeze(8);
  ASSERT_TRUE(bool(map));
  EXPECT_EQ(map->at(4, Side::End).value, 4u);
  EXPECT_EQ(map->at(4, Side::Label).value, 7u);
  EXPECT_EQ(map->at(4, Side::Byte).value, 9u);
  EXPECT_EQ(map->at(3, Side::Byte).value, 3u);
  EXPECT_EQ(map->at(8, Side::End).value, 13u);
  EXPECT_EQ(applyEdits(Bytes{0, 1, 2, 3, 4, 5, 6, 7}, edits),
            (Bytes{0, 1, 2, 3, 0xCC, 0xCC, 0xCC, 0x66, 0x90, 4, 5, 6, 7}));
}

TEST(EditList, NothingIsIdentity) {
  EditList edits;
  edits.insertBeforeLabel(1, {});
  edits.insertAfterLabel(2, {});
  edits.replace(3, 0, Bytes{1, 2});
  EXPECT_TRUE(edits.empty());
  llvm::Expected<OffsetMap> map = edits.freeze(4);
  ASSERT_TRUE(bool(map));
  EXPECT_TRUE(map->isIdentity());
  EXPECT_EQ(map->at(77, Side::End).value, 77u);
  EXPECT_FALSE(map->isInsideReplaced(2));
}

std::string refusal(EditList edits, uint64_t size) {
  llvm::Expected<OffsetMap> map = edits.freeze(size);
  return map ? "" : llvm::toString(map.takeError());
}

TEST(EditList, Refused) {
  EditList overlapping;
  overlapping.replace(2, 3, Bytes{1});
  overlapping.replace(4, 2, Bytes{1});
  EXPECT_EQ(refusal(overlapping, 10),
            "edit at 0x4 overlaps the edit before it");

  EditList same;
  same.replace(2, 3, Bytes{1});
  same.replace(2, 3, Bytes{2});
  EXPECT_EQ(refusal(same, 10), "edit at 0x2 overlaps the edit before it");

  EditList inside;
  inside.replace(2, 3, Bytes{1});
  inside.insertBeforeLabel(3, Bytes{1});
  EXPECT_EQ(refusal(inside, 10), "edit at 0x3 overlaps the edit before it");

  EditList outside;
  outside.insertAfterLabel(11, Bytes{1});
  EXPECT_EQ(refusal(outside, 10), "edit at 0xb is past the end of the section");

  EditList across;
  across.replace(8, 3, Bytes{1});
  EXPECT_EQ(refusal(across, 10),
            "edit at 0x8 runs past the end of the section");

  EditList wraps;
  wraps.replace(8, ~0ull, Bytes{1});
  EXPECT_EQ(refusal(wraps, 10), "edit at 0x8 runs past the end of the section");

  EditList atEnd;
  atEnd.insertBeforeLabel(10, Bytes{1});
  EXPECT_EQ(refusal(atEnd, 10), "");
}

} // namespace
