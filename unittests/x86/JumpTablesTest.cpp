//===- JumpTablesTest.cpp - what the entries of tables are measured from --===//

#include "rewriter/x86/JumpTables.h"
#include "gtest/gtest.h"

using namespace hotpad;
using namespace hotpad::x86;

namespace {

/// Section 1: code with functions f [0, 0x40), g [0x40, 0x80). Section 2: the
/// cold part of f. Section 3: tables. Symbols 1, 2: the code sections; 3: g.
class JumpTables : public testing::Test {
protected:
  JumpTables() {
    binary.sections.resize(4);
    for (SectionIndex i : {1, 2, 3})
      binary.sections[i].size = 0x80;
    binary.sections[1].executable = binary.sections[2].executable = true;
    binary.symbols.resize(4);
    binary.symbols[1].section = 1;
    binary.symbols[1].type = SymbolType::Section;
    binary.symbols[2].section = 2;
    binary.symbols[2].type = SymbolType::Section;
    binary.symbols[3].section = 1;
    binary.symbols[3].offset = 0x40;
    binary.symbols[3].type = SymbolType::Function;
    for (uint64_t entry : {0x00, 0x40}) {
      Function function;
      function.section = 1;
      function.entry = function.site = entry;
      function.end = entry + 0x40;
      binary.functions.push_back(function);
    }
    binary.sortFunctions();
  }

  /// `.long symbol + addend - .`
  void entry(uint64_t offset, SymbolIndex symbol, int64_t addend) {
    Relocation relocation;
    relocation.offset = offset;
    relocation.symbol = symbol;
    relocation.addend = addend;
    relocation.width = 4;
    relocation.pcRelative = relocation.namesPlace = true;
    binary.sections[3].relocations.push_back(relocation);
  }

  /// "target from base", with `?n` behind those that are uncertain.
  std::string read(std::initializer_list<uint64_t> tables) {
    TableStarts starts;
    for (uint64_t table : tables)
      starts.taken.insert({3, table});
    std::string text;
    for (const TableReading &reading : readTables(binary, 3, starts)) {
      char line[64];
      snprintf(line, sizeof(line), "%x:%llx-%llx", reading.target.section,
               static_cast<unsigned long long>(reading.target.offset),
               static_cast<unsigned long long>(reading.base.offset));
      text += (text.empty() ? "" : " ") + std::string(line);
      if (!reading.isCertain())
        text += "?" + std::to_string(reading.highest - reading.lowest);
    }
    return text;
  }

  Binary binary;
};

// T: .long 1f - T, 2f - T, 3f - T
TEST_F(JumpTables, One) {
  entry(0, 1, 0x10);
  entry(4, 1, 0x20 + 4);
  entry(8, 1, 0x3C + 8); // read from itself it would lead into g
  EXPECT_EQ(read({0}), "1:10-0 1:20-0 1:3c-0");
}

// No table starts there, but something before could be one's base. With nothing
// to name a base they are plain.
TEST_F(JumpTables, NoStart) {
  entry(4, 1, 0x10);
  entry(8, 1, 0x24);
  entry(20, 1, 0x24);
  EXPECT_EQ(read({0}), "1:c-0?4 1:1c-0?8 1:24-14?20");
  EXPECT_EQ(read({}), "1:10-4 1:24-8 1:24-14");
}

// With the code known, T - 8 is seen to be the base, even if T is taken as
// well.
TEST_F(JumpTables, BaseBeforeTable) {
  binary.sections[1].code.reset(0x80);
  for (uint64_t at : {0x00, 0x10, 0x20, 0x30}) {
    binary.sections[1].code.set(at, 13, Flow::Next);
    binary.sections[1].code.set(at + 13, 3, Flow::Next);
  }
  entry(0, 1, 0x10 + 8);
  entry(4, 1, 0x20 + 12);
  entry(8, 1, 0x30 + 16);
  constexpr uint64_t kBefore = -uint64_t(8);
  EXPECT_EQ(read({kBefore}), "1:10-0 1:20-0 1:30-0");
  EXPECT_EQ(read({kBefore, 0}), "1:10-0 1:20-0 1:30-0");
}

TEST_F(JumpTables, TwoSideBySide) {
  entry(0, 1, 0x10);
  entry(4, 1, 0x20 + 4);
  entry(8, 1, 0x50); // of g
  entry(12, 1, 0x60 + 4);
  EXPECT_EQ(read({0, 8}), "1:10-0 1:20-0 1:50-8 1:60-8");
}

// .long g - ., g - .: pointers, each measured from itself.
TEST_F(JumpTables, SelfRelative) {
  entry(0, 3, 0);
  entry(4, 3, 0);
  entry(8, 3, 0);
  EXPECT_EQ(read({0}), "1:40-0 1:40-4 1:40-8");
  EXPECT_EQ(read({}), "1:40-0 1:40-4 1:40-8");
}

// Distances from the table to a function with a name.
TEST_F(JumpTables, NamedFromTable) {
  entry(0, 3, 0);
  entry(4, 3, 4);
  EXPECT_EQ(read({0}), "1:40-0 1:40-4") << "moves as its symbol does";
}

// Some cases of the switch are in the cold part, in another section.
TEST_F(JumpTables, ColdPart) {
  entry(0, 1, 0x10);
  entry(4, 2, 0x08 + 4);
  entry(8, 1, 0x20 + 8);
  EXPECT_EQ(read({0}), "1:10-0 2:8-0 1:20-0");
}

// Entries in another order than the relocations, as assemblers may write them.
TEST_F(JumpTables, Unsorted) {
  entry(8, 1, 0x30 + 8);
  entry(0, 1, 0x10);
  entry(4, 1, 0x20 + 4);
  EXPECT_EQ(read({0}), "1:10-0 1:20-0 1:30-0");
}

// What is no distance to code is not read, and ends a table: what comes next
// may be measured from there or from itself.
TEST_F(JumpTables, Others) {
  entry(0, 1, 0x10);
  entry(4, 1, 0x20 + 4);
  binary.sections[3].relocations.back().pcRelative = false;
  entry(8, 1, 0x20);
  EXPECT_EQ(read({0}), "1:10-0 1:20-8?8");
}

// .quad 1f - T, 2f - T: the large code model.
TEST_F(JumpTables, Wide) {
  for (int64_t i : {0, 1, 2}) {
    entry(static_cast<uint64_t>(8 * i), 1, 0x10 * (i + 1) + 8 * i);
    binary.sections[3].relocations.back().width = 8;
  }
  EXPECT_EQ(read({0}), "1:10-0 1:20-0 1:30-0");
}

} // namespace
