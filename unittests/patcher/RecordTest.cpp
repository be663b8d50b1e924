#include "patcher/core/Record.h"
#include "gtest/gtest.h"
#include <random>

using namespace hotpad::patch;

namespace {

Record makeRecord(uint32_t sequence, std::vector<RecordEntry> entries) {
  Record record;
  record.sequence = sequence;
  record.hash = 0x123456789abcdef0 + sequence;
  record.patch = "/some/where.so";
  record.entries = std::move(entries);
  return record;
}

TEST(Record, IsReadAsItWasWritten) {
  Record record =
      makeRecord(7, {{0x1000, 0x2000, 0, "one"}, {0x1010, 0x2010, 0x3000, ""}});
  std::optional<Record> read = Record::decode(record.encode());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sequence, 7u);
  EXPECT_EQ(read->hash, record.hash);
  EXPECT_EQ(read->patch, record.patch);
  ASSERT_EQ(read->entries.size(), 2u);
  EXPECT_EQ(read->entries[0].name, "one");
  EXPECT_EQ(read->entries[1].entry, 0x1010u);
  EXPECT_EQ(read->entries[1].target, 0x2010u);
  EXPECT_EQ(read->entries[1].previous, 0x3000u);
}

// It is in the memory of a process, which may write there what it likes.
TEST(Record, SurvivesWhatItReads) {
  std::vector<uint8_t> whole =
      makeRecord(1, {{1, 2, 3, "name"}, {4, 5, 6, "another"}}).encode();
  for (size_t size = 0; size != whole.size(); ++size)
    EXPECT_FALSE(Record::decode(std::span(whole).first(size)));
  std::mt19937 random(4);
  for (int i = 0; i != 20000; ++i) {
    std::vector<uint8_t> bytes = whole;
    bytes[Record::kMagicSize + random() % (bytes.size() - 16)] =
        static_cast<uint8_t>(random());
    Record::decode(bytes);
  }
}

TEST(RecordList, FollowsWhatReplacedWhat) {
  RecordList list;
  list.insert(makeRecord(2, {{0x10, 0x300, 0x200, "newer"}}));
  list.insert(
      makeRecord(1, {{0x10, 0x200, 0, "older"}, {0x20, 0x201, 0, "x"}}));
  EXPECT_EQ(list.all()[0].sequence, 1u);
  EXPECT_EQ(list.nextSequence(), 3u);
  std::vector<RecordList::Link> chain = list.chainOf(0x10, 0x300);
  ASSERT_EQ(chain.size(), 2u);
  EXPECT_EQ(chain[0]->name, "newer");
  EXPECT_EQ(chain[1]->name, "older");
  EXPECT_EQ(list.chainOf(0x10, 0x200).size(), 1u);
  EXPECT_TRUE(list.chainOf(0x10, 0x999).empty());
}

} // namespace
