//===- MemoryFilesTest.cpp - bytes another library can open ---------------===//

#include "rewriter/relink/MemoryFiles.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace hotpad::relink;

namespace {

std::string contents(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "cannot be read";
}

std::string failure(llvm::Error error) {
  return llvm::toString(std::move(error));
}

void writeReadRemove() {
  std::string directory, first;
  {
    auto files = MemoryFiles::create(4);
    ASSERT_TRUE(bool(files));
    std::string large(1 << 20, 'x');
    EXPECT_EQ(failure((*files)->add(0, "src/a.o", "one")), "");
    EXPECT_EQ(failure((*files)->add(1, "/other/a.o", large)), "");
    EXPECT_EQ(failure((*files)->add(3, "x=y.o", "")), "");

    EXPECT_EQ(contents((*files)->path(0)), "one");
    EXPECT_EQ(contents((*files)->path(1)), large);
    EXPECT_EQ((*files)->path(2), "");
    EXPECT_EQ(contents((*files)->path(3)), "");
    directory = (*files)->directory().str();
    first = (*files)->path(0).str();
    EXPECT_EQ(first, directory + "/0/a.o");
    EXPECT_EQ((*files)->path(3), directory + "/3/x_y.o");

    llvm::sys::fs::file_status status;
    ASSERT_FALSE(llvm::sys::fs::status(directory, status));
    EXPECT_EQ(status.permissions(), llvm::sys::fs::owner_all);
  }
  EXPECT_FALSE(llvm::sys::fs::exists(first));
  EXPECT_FALSE(llvm::sys::fs::exists(directory));
}

TEST(MemoryFiles, InMemory) { writeReadRemove(); }

TEST(MemoryFiles, SpilledWhenThereAreTooFewDescriptors) {
  rlimit old;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  rlimit low = old;
  low.rlim_cur = 32;
  // The soft limit alone would be raised again; the hard one cannot be.
  low.rlim_max = 32;
  EXPECT_EXIT(
      {
        setrlimit(RLIMIT_NOFILE, &low);
        writeReadRemove();
        _exit(testing::Test::HasFailure());
      },
      testing::ExitedWithCode(0), "");
}

TEST(MemoryFiles, SoftLimitIsPutBack) {
  rlimit old, during, after;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  {
    auto files = MemoryFiles::create(old.rlim_cur);
    ASSERT_TRUE(bool(files));
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &during), 0);
    EXPECT_GE(during.rlim_cur, old.rlim_cur);
  }
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, old.rlim_cur);
}

} // namespace
