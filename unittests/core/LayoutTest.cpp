//===- LayoutTest.cpp - layouts by name -----------------------------------===//

#include "rewriter/core/Layout.h"
#include "gtest/gtest.h"

using namespace hotpad;

namespace {

/// "pad entryNop nopPad listPatchable movEdi", or the error.
std::string layout(llvm::StringRef name) {
  llvm::Expected<Layout> found = findLayout(name);
  if (!found)
    return llvm::toString(found.takeError());
  EXPECT_EQ(found->name, name);
  return std::to_string(found->pad) + " " + std::to_string(found->entryNop) +
         " " + std::to_string(found->nopPad) +
         std::to_string(found->listPatchable) + std::to_string(found->movEdi);
}

TEST(Layout, Named) {
  EXPECT_EQ(layout("ms"), "6 0 000");
  EXPECT_EQ(layout("ms-x86"), "5 2 001");
  EXPECT_EQ(layout("libpulp"), "14 2 110");
}

// N bytes in all, M of them before the entry.
TEST(Layout, Patchable) {
  EXPECT_EQ(layout("patchable:8,6"), "6 2 110");
  EXPECT_EQ(layout("patchable:16,14"), "14 2 110");
  EXPECT_EQ(layout("patchable:5"), "0 5 110");
  EXPECT_EQ(layout("patchable:5,0"), "0 5 110");
  EXPECT_EQ(layout("patchable:5,5"), "5 0 110");
  EXPECT_EQ(layout("patchable:255,255"), "255 0 110");
}

TEST(Layout, Wrong) {
  for (const char *name :
       {"patchable:", "patchable:,", "patchable:,6", "patchable:6,8",
        "patchable:8,6,1", "patchable:-1", "patchable:8,-1", "patchable:256,6",
        "patchable:x", "patchable: 8,6", "patchable:8,6 ",
        "patchable:99999999999999999999"})
    EXPECT_NE(layout(name).find("expected patchable:N,M with M <= N <= 255"),
              std::string::npos)
        << name;
  for (const char *name : {"", "MS", "ms ", "patchable", "libpulp:1"})
    EXPECT_EQ(layout(name), "unknown layout '" + std::string(name) +
                                "'; there are ms, ms-x86, libpulp and "
                                "patchable:N,M");
}

} // namespace
