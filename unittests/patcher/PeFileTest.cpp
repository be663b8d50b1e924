#include "patcher/pe/PeFile.h"
#include "gtest/gtest.h"
#include <cstring>
#include <random>

using namespace hotpad::patch;

namespace {

/// A small image, put together by the specification: one section of code at
/// 0x1000, one of tables at 0x2000, the list at 0x3000 and slots at 0x4000.
class Builder {
public:
  explicit Builder(Bits bits) : bits(bits), file(0x1000) {
    text(0, "MZ");
    put32(0x3c, kHeaders);
    text(kHeaders, "PE");
    put16(kHeaders + 4, is64() ? 0x8664 : 0x14c);
    put16(kHeaders + 6, 4); // sections
    unsigned fixed = is64() ? 112 : 96;
    put16(kHeaders + 20, uint16_t(fixed + 16 * 8));
    unsigned optional = kHeaders + 24;
    put16(optional, is64() ? 0x20b : 0x10b);
    put32(optional + (is64() ? 24 : 28), kBase);
    put32(optional + 56, 0x5000); // size of the image
    put32(optional + fixed - 4, 16);
    directories = optional + fixed;
    sections = directories + 16 * 8;
    section(0, ".text", 0x1000, 0x400, 0x200, 0x60000020);
    section(1, ".rdata", 0x2000, 0x600, 0x200, 0x40000040);
    section(2, ".hpentry", 0x3000, 0x800, 0x10, 0x40000040);
    section(3, ".hpslots", 0x4000, 0, 0, 0xc0000080);
    put32(sections + 3 * 40 + 8, 0x20); // four slots, or eight
  }

  static constexpr unsigned kHeaders = 0x80, kBase = 0x400000;
  void put16(unsigned at, uint16_t value) { put(at, value, 2); }
  void put32(unsigned at, uint32_t value) { put(at, value, 4); }
  void put(unsigned at, uint64_t value, unsigned width) {
    for (unsigned i = 0; i != width; ++i)
      file[at + i] = static_cast<uint8_t>(value >> (8 * i));
  }
  void text(unsigned at, const char *value) {
    std::memcpy(&file[at], value, std::strlen(value));
  }
  void section(unsigned number, const char *name, uint32_t rva, uint32_t offset,
               uint32_t size, uint32_t flags) {
    unsigned at = sections + number * 40;
    text(at, name);
    put32(at + 8, size);
    put32(at + 12, rva);
    put32(at + 16, size);
    put32(at + 20, offset);
    put32(at + 36, flags);
  }
  void directory(unsigned number, uint32_t rva, uint32_t size) {
    put32(directories + number * 8, rva);
    put32(directories + number * 8 + 4, size);
  }
  /// Three exports: `one` at 0x1010, `two` at 0x1020 and one that leads to
  /// another DLL.
  void exports() {
    directory(0, 0x2000, 0x100);
    put32(0x600 + 20, 3);
    put32(0x600 + 24, 3);
    put32(0x600 + 28, 0x2030);
    put32(0x600 + 32, 0x2040);
    put32(0x600 + 36, 0x2050);
    const uint32_t places[] = {0x1010, 0x1020, 0x2080};
    const char *names[] = {"one", "two", "far"};
    for (unsigned i = 0; i != 3; ++i) {
      put32(0x630 + i * 4, places[i]);
      put32(0x640 + i * 4, 0x2060 + i * 8);
      put16(0x650 + i * 2, uint16_t(i));
      text(0x660 + i * 8, names[i]);
    }
  }
  bool is64() const { return bits == Bits::B64; }

  Bits bits;
  std::vector<uint8_t> file;
  unsigned directories = 0, sections = 0;
};

class PeFileTest : public testing::TestWithParam<Bits> {
protected:
  PeFile read(const Builder &builder) {
    PeFile file;
    Failure failure = PeFile::read(builder.file, file);
    EXPECT_FALSE(failure) << *failure;
    return file;
  }
};

TEST_P(PeFileTest, ReadsSectionsExportsAndLists) {
  Builder builder(GetParam());
  builder.exports();
  builder.put32(0x800, 0x1020);
  builder.put32(0x808, 0x1010); // 0 in between is none
  PeFile file = read(builder);
  EXPECT_EQ(file.bits, GetParam());
  EXPECT_EQ(file.sizeOfImage(), 0x5000u);
  ASSERT_EQ(file.exports.size(), 2u);
  EXPECT_EQ(file.exports[0].name, "one");
  EXPECT_EQ(file.exports[1].rva, 0x1020u);
  EXPECT_EQ(file.entries, (std::vector<uint32_t>{0x1010, 0x1020}));
  ASSERT_EQ(file.slots.size(), 1u);
  EXPECT_EQ(file.slots[0], (std::pair<uint32_t, uint32_t>{0x4000, 0x4020}));
  EXPECT_TRUE(file.isCode(0x11ff));
  EXPECT_FALSE(file.isCode(0x1200));
  EXPECT_FALSE(file.isCode(0x2000));
}

TEST_P(PeFileTest, ReadsSymbolsOfCode) {
  Builder builder(GetParam());
  builder.put32(Builder::kHeaders + 12, 0x900);
  builder.put32(Builder::kHeaders + 16, 3);
  auto symbol = [&](unsigned number, const char *name, uint16_t section) {
    unsigned at = 0x900 + number * 18;
    builder.text(at, name);
    builder.put32(at + 8, 0x10 * number);
    builder.put16(at + 12, section);
    builder.file[at + 16] = 2; // external
  };
  symbol(0, "_f", 1);
  symbol(1, "data", 2);
  symbol(2, "", 1);
  builder.put32(0x900 + 2 * 18 + 4, 4); // its name is in the string table
  builder.text(0x900 + 3 * 18 + 4, "a_long_name");
  PeFile file = read(builder);
  ASSERT_EQ(file.symbols.size(), 2u);
  EXPECT_EQ(file.symbols[0].name, builder.is64() ? "_f" : "f");
  EXPECT_EQ(file.symbols[0].rva, 0x1000u);
  EXPECT_EQ(file.symbols[1].name, "a_long_name");
  EXPECT_EQ(file.symbols[1].rva, 0x1020u);
}

TEST_P(PeFileTest, AppliesRelocations) {
  Builder builder(GetParam());
  unsigned width = slotSize(GetParam());
  // A field at 0x1011 that holds the address of 0x1234.
  builder.put(0x411, Builder::kBase + 0x1234, width);
  builder.directory(5, 0x2100, 12);
  builder.put32(0x700, 0x1000);
  builder.put32(0x704, 12);
  builder.put16(0x708, uint16_t((builder.is64() ? 10 : 3) << 12 | 0x11));
  PeFile file = read(builder);
  uint8_t bytes[8] = {};
  ASSERT_TRUE(file.copy(0x1011, 0x700000, std::span(bytes, width)));
  Builder expected(GetParam());
  expected.put(0, 0x701234, 8);
  EXPECT_EQ(0, std::memcmp(bytes, expected.file.data(), width));
  // Parts of it, from both sides.
  ASSERT_TRUE(file.copy(0x1010, 0x700000, std::span(bytes, 3)));
  EXPECT_EQ(bytes[0], 0);
  EXPECT_EQ(bytes[2], 0x12);
  ASSERT_TRUE(file.copy(0x1013, 0x700000, std::span(bytes, 1)));
  EXPECT_EQ(bytes[0], 0x70);
  EXPECT_FALSE(file.copy(0x11ff, 0x700000, std::span(bytes, 2)));
}

TEST_P(PeFileTest, FollowsJumpsToListedEntries) {
  Builder builder(GetParam());
  builder.put32(0x800, 0x1080);
  builder.file[0x400] = 0xeb; // 0x1000: jmp 0x1010
  builder.file[0x401] = 0x0e;
  builder.file[0x410] = 0xe9; // 0x1010: jmp 0x1080
  builder.put32(0x411, 0x6b);
  builder.file[0x420] = 0xeb; // 0x1020: jmp 0x1020
  builder.file[0x421] = 0xfe;
  PeFile file = read(builder);
  EXPECT_EQ(file.listedAt(0x1000), 0x1080u);
  EXPECT_EQ(file.listedAt(0x1080), 0x1080u);
  EXPECT_FALSE(file.listedAt(0x1020));
  EXPECT_FALSE(file.listedAt(0x9000));
}

TEST_P(PeFileTest, ComparesHeaders) {
  Builder builder(GetParam());
  PeFile file = read(builder);
  std::vector<uint8_t> memory = builder.file;
  unsigned optional = Builder::kHeaders + 24;
  memory[optional + (builder.is64() ? 24 : 28) + 2] = 0x70; // loaded elsewhere
  EXPECT_TRUE(file.hasHeaders(memory));
  memory[Builder::kHeaders + 8] ^= 1; // the time stamp
  EXPECT_FALSE(file.hasHeaders(memory));
  memory.resize(8);
  EXPECT_FALSE(file.hasHeaders(memory));
}

TEST_P(PeFileTest, RefusesWhatIsDamaged) {
  auto refused = [&](auto change) {
    Builder builder(GetParam());
    change(builder);
    PeFile file;
    return PeFile::read(builder.file, file).value_or("");
  };
  EXPECT_EQ(refused([](Builder &b) { b.file[0] = 'X'; }),
            "no program or DLL of Windows");
  EXPECT_EQ(refused([](Builder &b) { b.put32(0x3c, 0xfffffff0); }),
            "no program or DLL of Windows");
  EXPECT_EQ(refused([](Builder &b) { b.put16(b.kHeaders + 4, 0xaa64); }),
            "neither for x86 nor for x86-64");
  EXPECT_EQ(refused([](Builder &b) { b.put16(b.kHeaders + 20, 8); }),
            "its headers are damaged");
  EXPECT_EQ(refused([](Builder &b) { b.put16(b.kHeaders + 6, 0xffff); }),
            "its section table is damaged");
  EXPECT_EQ(refused([](Builder &b) { b.put32(0x800, 0x2000); }),
            "its list .hpentry names a place that is no code");
  EXPECT_EQ(refused([](Builder &b) {
              b.put32(b.sections + 3 * 40 + 36, 0x40000040);
            }),
            "its section .hpslots is damaged");
}

// Whatever is in a file, nothing is read outside of it (run with sanitizers).
TEST_P(PeFileTest, SurvivesMutations) {
  Builder builder(GetParam());
  builder.exports();
  builder.directory(5, 0x2100, 12);
  builder.put32(0x700, 0x1000);
  builder.put32(0x704, 12);
  builder.put32(Builder::kHeaders + 12, 0x900);
  builder.put32(Builder::kHeaders + 16, 3);
  std::mt19937 random(5);
  for (int i = 0; i != 20000; ++i) {
    std::vector<uint8_t> bytes = builder.file;
    for (int change = 0; change != 3; ++change) {
      bool inHeaders = random() % 2 == 0;
      size_t at = inHeaders ? 0x80 + random() % 0x200 : random() % bytes.size();
      bytes[at] = random() % 3 == 0 ? 0xff : static_cast<uint8_t>(random());
    }
    if (random() % 8 == 0)
      bytes.resize(random() % bytes.size());
    PeFile file;
    if (PeFile::read(bytes, file))
      continue;
    uint8_t some[16];
    file.copy(static_cast<uint32_t>(random() % 0x5000), 0x700000, some);
    file.listedAt(static_cast<uint32_t>(random() % 0x5000));
    file.hasHeaders(bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, PeFileTest,
                         testing::Values(Bits::B32, Bits::B64));

} // namespace
