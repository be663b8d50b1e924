//===- ReadFileTest.cpp - what is asked for must be what there is ---------===//

#include "rewriter/formats/Formats.h"
#include "gtest/gtest.h"

using namespace hotpad;

namespace {

std::string errorOf(llvm::ArrayRef<uint8_t> bytes, Mode mode) {
  auto file = readFile(bytes, "a.o", mode);
  return file ? "" : llvm::toString(file.takeError());
}

TEST(ReadFile, ObjectsAreNoImages) {
  const uint8_t coff[20] = {0x64, 0x86};
  EXPECT_EQ(errorOf(coff, Mode::Object), "");
  EXPECT_EQ(errorOf(coff, Mode::Image),
            "a.o: not a linked image (a COFF object)");
  const uint8_t elf[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0,  0,
                           0,    0,   0,   0,   0, 0, 1, 0, 62, 0};
  EXPECT_EQ(errorOf(elf, Mode::Image), "a.o: not a linked image (ELF type 1)");
}

TEST(ReadFile, NeitherObjectNorImage) {
  const uint8_t text[] = {'t', 'e', 'x', 't'};
  EXPECT_EQ(errorOf(text, Mode::Object),
            "a.o: neither an object nor a linked image");
}

} // namespace
