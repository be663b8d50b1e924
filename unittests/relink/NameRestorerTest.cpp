//===- NameRestorerTest.cpp - the old names in what LLD prints ------------===//

#include "rewriter/relink/NameRestorer.h"
#include "gtest/gtest.h"

using namespace hotpad::relink;

namespace {

const NameRestorer &names() {
  static const NameRestorer result(
      "/tmp/d", {"/tmp/d/0/a.o", "", "/tmp/d/2/b c.o"},
      {"src/a.o", "src/not.o", "my src/./x/../b c.o"});
  return result;
}

TEST(NameRestorer, Text) {
  EXPECT_EQ(names().restore("x /tmp/d/0/a.o:(.text) /tmp/d/2/b c.o"),
            "x src/a.o:(.text) my src/./x/../b c.o");
  EXPECT_EQ(names().restore("/tmp/d/1/a.o /tmp/d/3/a.o /tmp/d/ /tmp/d/0/b.o"),
            "/tmp/d/1/a.o /tmp/d/3/a.o /tmp/d/ /tmp/d/0/b.o");
  EXPECT_EQ(names().restore(""), "");
}

TEST(NameRestorer, MakeRule) {
  EXPECT_EQ(names().restore("o: /tmp/d/2/b\\ c.o", PathStyle::MakeRule),
            "o: my\\ src/b\\ c.o");
  EXPECT_EQ(spellPath("a$ \\ #", PathStyle::MakeRule), "a$$\\ \\\\\\ \\#");
}

TEST(NameRestorer, StreamWorksByLine) {
  std::string text;
  llvm::raw_string_ostream target(text);
  {
    NameRestoringStream stream(names(), target);
    stream << "/tmp/d/";
    EXPECT_EQ(text, "");
    stream << "0/a.o\nrest /tmp/d/0/a.o";
    EXPECT_EQ(text, "src/a.o\n");
  }
  EXPECT_EQ(text, "src/a.o\nrest src/a.o");
}

} // namespace
