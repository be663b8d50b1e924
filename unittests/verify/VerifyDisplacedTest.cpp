//===- VerifyDisplacedTest.cpp - what --verify must not let pass ----------===//

#include "rewriter/verify/VerifyDisplaced.h"
#include "rewriter/verify/VerifyForwards.h"
#include "gtest/gtest.h"

using namespace hotpad;

namespace {

using Bytes = std::vector<uint8_t>;

/// .text at 0x1000, of which [4, 4 + size) moved to .hotpad at 0x2000.
class Images : public testing::Test {
protected:
  Images() : before(64, 0xCC), after(64, 0xCC) {}

  /// \p old was displaced and became \p now.
  void displace(Bytes old, Bytes now) {
    put(before, kBegin, old);
    put(after, kBegin, {0xE9, 0xF7, 0x0F, 0x00, 0x00}); // jmp 0x2000
    moved = std::move(now);
    copy.section = 1;
    copy.begin = kBegin;
    copy.end = kBegin + old.size();
    copy.address = 0x2000;
    copy.isPart = true;
  }

  static void put(Bytes &bytes, uint64_t at, const Bytes &what) {
    std::copy(what.begin(), what.end(), bytes.begin() + ptrdiff_t(at));
  }

  Binary image(const Bytes &text, bool hasNew) const {
    Binary binary;
    binary.name = "a.out";
    binary.mode = Mode::Image;
    binary.sections.resize(hasNew ? 3 : 2);
    add(binary.sections[1], ".text", 0x1000, text);
    if (hasNew)
      add(binary.sections[2], ".hotpad", 0x2000, moved);
    binary.sortLoaded();
    return binary;
  }

  static void add(Section &section, const char *name, uint64_t address,
                  const Bytes &bytes) {
    section.name = name;
    section.address = address;
    section.size = bytes.size();
    section.bytes = bytes;
    section.alloc = section.executable = true;
  }

  std::string verify() const {
    CodeCopy displaced;
    displaced.section = copy.section;
    displaced.begin = copy.begin;
    displaced.end = copy.end;
    displaced.address = copy.address;
    return llvm::toString(verifyDisplaced(image(before, false),
                                          image(after, true), displaced, {}));
  }

  std::string verifyEntry() const {
    CodeCopy forwarded;
    forwarded.section = 1;
    forwarded.begin = kBegin;
    forwarded.end = kBegin + 1;
    forwarded.address = 0x2000;
    return llvm::toString(
        verifyForwards(image(before, false), image(after, true), forwarded));
  }

  static constexpr uint64_t kBegin = 4;
  Bytes before, after, moved;
  CodeCopy copy;
};

// push %rbx; lea 8(%rip), %eax; and back to 0x100b: what it names is at 0x1013.
const Bytes kOld = {0x53, 0x8D, 0x05, 0x08, 0x00, 0x00, 0x00};
const Bytes kNow = {0x53, 0x8D, 0x05, 0x0C, 0xF0, 0xFF, 0xFF, //
                    0xE9, 0xFF, 0xEF, 0xFF, 0xFF};

TEST_F(Images, Same) {
  displace(kOld, kNow);
  EXPECT_EQ(verify(), "");
}

TEST_F(Images, NothingLeadsToIt) {
  displace(kOld, kNow);
  after[kBegin + 1] = 0xF8;
  EXPECT_EQ(verify(),
            "a.out: .text+0x4: verify: displaced code: nothing leads to it");
}

TEST_F(Images, IsNoInstruction) {
  displace(kOld, kNow);
  moved[0] = 0x06; // push %es, which 64-bit code has not
  EXPECT_EQ(verify(),
            "a.out: .text+0x4: verify: displaced code: is no instruction");
}

TEST_F(Images, DoesSomethingElse) {
  displace(kOld, kNow);
  moved[0] = 0x55; // push %rbp
  EXPECT_EQ(verify(),
            "a.out: .text+0x4: verify: displaced code: does something else");
  displace(kOld, kNow);
  moved[3] = 0x0D; // a byte behind
  EXPECT_EQ(verify(),
            "a.out: .text+0x5: verify: displaced code: does something else");
}

TEST_F(Images, ShortBranchesGrow) {
  // jne to 0x1020, padded by push %rbx
  displace({0x53, 0x75, 0x19}, {0x53, 0x0F, 0x85, 0x19, 0xF0, 0xFF, 0xFF, //
                                0xE9, 0xFB, 0xEF, 0xFF, 0xFF});
  EXPECT_EQ(verify(), "");
  moved[2] = 0x84; // je
  EXPECT_EQ(verify(),
            "a.out: .text+0x5: verify: displaced code: does something else");
}

TEST_F(Images, LeadsElsewhere) {
  // loop to 0x1020: loop 1f; jmp 2f; 1: jmp 0x1020; 2:
  displace({0xE2, 0x1A}, {0xE2, 0x02, 0xEB, 0x05, 0xE9, 0x17, 0xF0, 0xFF, 0xFF,
                          0xE9, 0xF8, 0xEF, 0xFF, 0xFF});
  EXPECT_EQ(verify(), "");
  moved[5] = 0x18;
  EXPECT_EQ(verify(),
            "a.out: .text+0x4: verify: displaced code: leads elsewhere");
}

TEST_F(Images, DoesNotLeadBack) {
  displace(kOld, kNow);
  put(before, copy.end, {0x53}); // over padding it may lead, not over this
  moved[8] = 0x00;               // to 0x100c
  EXPECT_EQ(verify(),
            "a.out: .text+0xb: verify: displaced code: does not lead back");
  moved.resize(kOld.size());
  EXPECT_EQ(verify(),
            "a.out: .text+0xb: verify: displaced code: does not lead back");
}

TEST_F(Images, EntriesLeadToCopies) {
  const std::string error =
      "a.out: .text+0x4: verify: the entry does not lead to its copy";
  before[kBegin] = 0xC3;
  moved = {0xC3};
  EXPECT_EQ(verifyEntry(), error) << "int3";
  put(after, kBegin, {0xE9, 0xF7, 0x0F, 0x00, 0x00});
  EXPECT_EQ(verifyEntry(), "");
  put(after, kBegin, {0xEB, 0x0A}); // to 0x1010
  EXPECT_EQ(verifyEntry(), error);
  put(after, 0x10, {0xE9, 0xEB, 0x0F, 0x00, 0x00});
  EXPECT_EQ(verifyEntry(), "");
  put(after, 0x10, {0xE9, 0xEC, 0x0F, 0x00, 0x00});
  EXPECT_EQ(verifyEntry(), error);
}

TEST_F(Images, EntriesBehindEndbr) {
  put(before, kBegin, {0xF3, 0x0F, 0x1E, 0xFA, 0xC3});
  put(after, kBegin, {0xF3, 0x0F, 0x1E, 0xFA, 0xE9, 0xF3, 0x0F, 0x00, 0x00});
  moved = {0xF3, 0x0F, 0x1E, 0xFA, 0xC3};
  EXPECT_EQ(verifyEntry(), "");
}

} // namespace
