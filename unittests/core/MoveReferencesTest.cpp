//===- MoveReferencesTest.cpp - fields that say where something is --------===//

#include "rewriter/core/MoveReferences.h"
#include "rewriter/core/Apply.h"
#include "rewriter/core/EditList.h"
#include "llvm/Support/Endian.h"
#include "gtest/gtest.h"

using namespace hotpad;

namespace {

using Bytes = std::vector<uint8_t>;

/// Section 1: 64 bytes of code. Section 2: 32 bytes of data. Symbol 1 is the
/// section symbol of 1, symbol 2 a label at 16, symbol 3 undefined.
class MoveReferences : public testing::Test {
protected:
  MoveReferences() : code(64, 0), data(32, 0), edits(3) {
    binary.name = "x.o";
    binary.sections.resize(3);
    binary.sections[1].name = ".text";
    binary.sections[1].size = 64;
    binary.sections[1].executable = true;
    binary.sections[2].name = ".data";
    binary.sections[2].size = 32;
    binary.symbols.resize(4);
    binary.symbols[1].section = 1;
    binary.symbols[1].type = SymbolType::Section;
    binary.symbols[2].section = 1;
    binary.symbols[2].offset = 16;
    binary.symbols[2].type = SymbolType::Function;
    map.sections.resize(3);
  }

  uint32_t relocation(SectionIndex section, uint64_t offset, SymbolIndex symbol,
                      int64_t addend, bool pcRelative) {
    Relocation made;
    made.offset = offset;
    made.symbol = symbol;
    made.addend = addend;
    made.width = pcRelative ? 4 : 8;
    made.pcRelative = pcRelative;
    made.namesPlace = true;
    auto &all = binary.sections[section].relocations;
    all.push_back(made);
    return static_cast<uint32_t>(all.size() - 1);
  }

  Reference &reference(SectionIndex section, uint64_t offset, unsigned width,
                       Place target, Place base = {}) {
    Reference made;
    made.offset = offset;
    made.width = static_cast<uint8_t>(width);
    made.target = target;
    made.base = base;
    binary.sections[section].references.push_back(made);
    return binary.sections[section].references.back();
  }

  /// The section after the edits; the error in `message`.
  MovedSection move(SectionIndex index,
                    llvm::ArrayRef<GrownBranch> grown = {}) {
    binary.sections[1].bytes = code;
    binary.sections[2].bytes = data;
    for (SectionIndex i : {1, 2})
      map.sections[i] =
          llvm::cantFail(edits[i].freeze(binary.sections[i].size));
    MovedSection moved;
    if (!edits[index].empty()) {
      moved.bytesChanged = true;
      moved.bytes = applyEdits(binary.sections[index].bytes, edits[index]);
    }
    if (llvm::Error error = moveReferences(binary, index, map, grown, moved))
      message = llvm::toString(std::move(error));
    return moved;
  }

  Bytes code, data;
  Binary binary;
  std::vector<EditList> edits;
  MoveMap map;
  std::string message;
};

// A pad of 6 before 16, a NOP of 2 behind its label.
const Bytes kPad(6, 0xCC), kNop = {0x66, 0x90};

TEST_F(MoveReferences, NothingMoves) {
  reference(1, 1, 4, {16, 1, Side::Label}, {5, 1, Side::End});
  relocation(2, 0, 1, 16, false);
  MovedSection moved = move(1);
  EXPECT_EQ(message, "");
  EXPECT_FALSE(moved.bytesChanged);
  EXPECT_FALSE(moved.relocationsChanged);
}

TEST_F(MoveReferences, BranchAcrossAPad) {
  // 0: call 16f          20: jmp 8b          24: jmp into the loop at 16
  code[1] = 11;
  reference(1, 1, 4, {16, 1, Side::Label}, {5, 1, Side::End});
  code[21] = static_cast<uint8_t>(8 - 22);
  reference(1, 21, 1, {8, 1, Side::Label}, {22, 1, Side::End}).isBranch = true;
  code[25] = static_cast<uint8_t>(16 - 26);
  reference(1, 25, 1, {16, 1, Side::Byte}, {26, 1, Side::End}).isBranch = true;
  edits[1].insertBeforeLabel(16, kPad);
  edits[1].insertAfterLabel(16, kNop);
  MovedSection moved = move(1);
  ASSERT_EQ(message, "");
  EXPECT_EQ(moved.bytes.size(), 72u);
  EXPECT_EQ(moved.bytes[1], 11 + 6) << "to the label, not behind the NOP";
  EXPECT_EQ(moved.bytes[29], static_cast<uint8_t>(8 - 22 - 8));
  EXPECT_EQ(moved.bytes[33], static_cast<uint8_t>(16 - 26))
      << "the loop moves as one";
}

TEST_F(MoveReferences, Relocations) {
  edits[1].insertBeforeLabel(16, kPad);
  edits[1].insertAfterLabel(16, kNop);
  // .quad .text + 20; .quad label + 4; .long label + 4 - .
  uint32_t section = relocation(2, 0, 1, 20, false);
  reference(2, 0, 8, {20, 1, Side::Label}).relocation = section;
  uint32_t label = relocation(2, 8, 2, 4, false);
  reference(2, 8, 8, {20, 1, Side::Label}).relocation = label;
  uint32_t relative = relocation(2, 16, 2, 4, true);
  reference(2, 16, 4, {20, 1, Side::Label}, {16, 2, Side::Byte}).relocation =
      relative;
  relocation(2, 24, 3, 77, false); // of another file
  MovedSection moved = move(2);
  ASSERT_EQ(message, "");
  EXPECT_FALSE(moved.bytesChanged);
  ASSERT_TRUE(moved.relocationsChanged);
  EXPECT_EQ(moved.relocations[0].addend, 28) << "the section symbol stays";
  EXPECT_EQ(moved.relocations[1].addend, 4 + 2) << "the label moves by the pad";
  EXPECT_EQ(moved.relocations[2].addend, 4 + 2);
  EXPECT_EQ(moved.relocations[3].addend, 77);
}

// Relocations of the code itself: their fields move with their bytes.
TEST_F(MoveReferences, RelocationInCode) {
  edits[1].insertBeforeLabel(16, kPad);
  edits[1].insertAfterLabel(16, kNop);
  // 16: lea .text+40-4(%rip): the field at 19, the instruction ends at 23.
  uint32_t toSection = relocation(1, 19, 1, 36, true);
  reference(1, 19, 4, {40, 1, Side::Label}, {23, 1, Side::End}).relocation =
      toSection;
  relocation(1, 2, 3, -4, true);
  MovedSection moved = move(1);
  ASSERT_EQ(message, "");
  EXPECT_EQ(moved.relocations[0].offset, 27u);
  EXPECT_EQ(moved.relocations[0].addend, 44);
  EXPECT_EQ(moved.relocations[1].offset, 2u);
  EXPECT_EQ(moved.relocations[1].addend, -4);
}

// 4: jmp 60f, which no longer reaches, and becomes e9 and 4 bytes.
TEST_F(MoveReferences, GrownBranch) {
  code[4] = 0xEB;
  code[5] = 60 - 6;
  reference(1, 5, 1, {60, 1, Side::Label}, {6, 1, Side::End}).isBranch = true;
  edits[1].replace(4, 2, Bytes{0xE9, 0, 0, 0, 0});
  edits[1].insertBeforeLabel(16, Bytes(100, 0xCC));
  GrownBranch grown[] = {{4, 1}};
  MovedSection moved = move(1, grown);
  ASSERT_EQ(message, "");
  EXPECT_EQ(moved.bytes[4], 0xE9);
  EXPECT_EQ(llvm::support::endian::read32le(&moved.bytes[5]), 60u - 6 + 100);
}

TEST_F(MoveReferences, DoesNotFit) {
  code[5] = 60 - 6;
  reference(1, 5, 1, {60, 1, Side::Label}, {6, 1, Side::End}).isBranch = true;
  edits[1].insertBeforeLabel(16, Bytes(100, 0xCC));
  move(1);
  EXPECT_EQ(message, "x.o: .text+0x5: the new value 154 does not fit 1 bytes");
}

TEST_F(MoveReferences, LengthsAreUnsigned) {
  data[0] = 200; // from 16 to 16 + 200 would be outside: only the field counts
  reference(2, 0, 1, {40, 1, Side::End}, {8, 1, Side::Label}).isUnsigned = true;
  edits[1].insertBeforeLabel(16, Bytes(50, 0xCC));
  EXPECT_EQ(move(2).bytes[0], 250);
  EXPECT_EQ(message, "");
  edits[1].insertBeforeLabel(20, kPad);
  move(2);
  EXPECT_EQ(message, "x.o: .data+0x0: the new value 256 does not fit 1 bytes");
}

TEST_F(MoveReferences, IntoReplacedBytes) {
  reference(2, 0, 4, {5, 1, Side::Label}, {0, 2, Side::Byte});
  edits[1].replace(4, 2, Bytes{0xE9, 0, 0, 0, 0});
  move(2);
  EXPECT_EQ(message, "x.o: .data+0x0: refers to .text+0x5, inside bytes that "
                     "were replaced");
}

TEST_F(MoveReferences, RelocationInReplacedBytes) {
  relocation(1, 5, 3, 0, true);
  edits[1].replace(4, 4, Bytes{0x90});
  move(1);
  EXPECT_EQ(message,
            "x.o: .text+0x5: relocation inside bytes that were replaced");
}

} // namespace
