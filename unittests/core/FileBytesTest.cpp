//===- FileBytesTest.cpp --------------------------------------------------===//

#include "rewriter/core/FileBytes.h"
#include "gtest/gtest.h"
#include <random>

using namespace hotpad;
using Bytes = std::vector<uint8_t>;

namespace {

Bytes inPieces(const FileBytes &file) {
  Bytes result;
  file.forEachPiece([&](llvm::ArrayRef<uint8_t> piece) {
    EXPECT_FALSE(piece.empty());
    result.insert(result.end(), piece.begin(), piece.end());
  });
  return result;
}

TEST(FileBytes, Empty) {
  FileBytes file;
  EXPECT_EQ(file.size(), 0u);
  file.write(0, {});
  file.padTo(0);
  file.truncate(0);
  EXPECT_TRUE(file.read(0, 0).empty());
  EXPECT_TRUE(std::move(file).takeWhole().empty());
}

TEST(FileBytes, OldBytesStayAsTheyAre) {
  const Bytes old(300'000, 1);
  FileBytes file;
  file.appendOld(old);
  const Bytes more(200'000, 2);
  file.write(50'000, more); // several blocks
  EXPECT_EQ(old, Bytes(300'000, 1));
  Bytes expected = old;
  std::copy(more.begin(), more.end(), expected.begin() + 50'000);
  EXPECT_EQ(inPieces(file), expected);
}

/// Against a vector, which all of it has to be equal to.
TEST(FileBytes, RandomChanges) {
  std::mt19937 random(1);
  auto below = [&](size_t limit) { return limit == 0 ? 0 : random() % limit; };
  auto someBytes = [&](size_t size) {
    Bytes bytes(size);
    for (uint8_t &byte : bytes)
      byte = static_cast<uint8_t>(random());
    return bytes;
  };
  for (unsigned round = 0; round != 20; ++round) {
    const Bytes old = someBytes(below(200'000));
    Bytes expected = old;
    FileBytes file;
    file.appendOld(old);
    for (unsigned step = 0; step != 50; ++step) {
      Bytes bytes = someBytes(below(step % 10 == 0 ? 70'000 : 50));
      switch (below(5)) {
      case 0:
        expected.insert(expected.end(), bytes.begin(), bytes.end());
        file.append(bytes);
        break;
      case 1:
        expected.resize(expected.size() + bytes.size(), 0);
        file.padTo(expected.size());
        break;
      case 2:
        expected.resize(expected.size() - below(expected.size() / 8));
        file.truncate(expected.size());
        break;
      case 3:
        expected.insert(expected.begin(), bytes.begin(), bytes.end());
        file.prepend(bytes);
        break;
      default:
        size_t at = below(expected.size());
        bytes.resize(std::min(bytes.size(), expected.size() - at));
        std::copy(bytes.begin(), bytes.end(),
                  expected.begin() + static_cast<ptrdiff_t>(at));
        file.write(at, bytes);
      }
      ASSERT_EQ(file.size(), expected.size());
      size_t at = below(expected.size()), size = below(expected.size() - at);
      auto begin = expected.begin() + static_cast<ptrdiff_t>(at);
      ASSERT_EQ(file.read(at, size),
                Bytes(begin, begin + static_cast<ptrdiff_t>(size)));
    }
    EXPECT_EQ(inPieces(file), expected);
    EXPECT_EQ(std::move(file).takeWhole(), expected);
  }
}

} // namespace
