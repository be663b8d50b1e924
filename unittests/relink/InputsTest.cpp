//===- InputsTest.cpp - the files a command line leads to -----------------===//

#include "rewriter/relink/GnuInputs.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace hotpad::relink;

namespace {

constexpr char object[] = "\x7f"
                          "ELF\2\1\1\0\0\0\0\0\0\0\0\0\1\0\x3e\0";
constexpr char shared[] = "\x7f"
                          "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0";

/// A folder with a few inputs in it. `$` in arguments stands for its path.
class Inputs : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("inputs", root));
    write("a.o", llvm::StringRef(object, sizeof(object)));
    write("one/libx.a", "!<arch>\n");
    write("two/libx.so", llvm::StringRef(shared, sizeof(shared)));
    write("two/libx.a", "!<arch>\n");
    write("two/liby.a", "!<thin>\n");
    write("sys/one/libz.a", "!<arch>\n");
    write("bc.o", "BC\xC0\xDE");
  }

  void TearDown() override {
    EXPECT_FALSE(llvm::sys::fs::remove_directories(root));
  }

  void write(const std::string &name, llvm::StringRef bytes) {
    std::string path = root.str().str() + "/" + name;
    EXPECT_FALSE(
        llvm::sys::fs::create_directories(llvm::sys::path::parent_path(path)));
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << bytes;
    ASSERT_FALSE(error);
  }

  std::string expand(llvm::StringRef text) {
    std::string result;
    for (char c : text)
      result += c == '$' ? root.str().str() : std::string(1, c);
    return result;
  }

  /// The names of the inputs, with $ again, then the warnings.
  std::string find(llvm::StringRef line) {
    std::vector<std::string> args;
    for (llvm::StringRef word : llvm::split(line, ' '))
      args.push_back(expand(word));
    auto found = findGnuInputs(parseGnuArguments(args));
    if (!found)
      return llvm::toString(found.takeError());
    std::vector<std::string> names;
    for (const GnuInput &input : found->inputs)
      names.push_back(input.name);
    for (const std::string &warning : found->warnings)
      names.push_back("! " + warning);
    std::string text = llvm::join(names, " ");
    for (size_t at; (at = text.find(root.str())) != std::string::npos;)
      text.replace(at, root.size(), "$");
    return text;
  }

  llvm::SmallString<128> root;
};

TEST_F(Inputs, SearchOrder) {
  EXPECT_EQ(find("-lx -L$/one -L$/two"), "$/one/libx.a");
  EXPECT_EQ(find("-lx -L$/two -L$/one"), "");
  EXPECT_EQ(find("-Bstatic -lx -L$/two -L$/one"), "$/two/libx.a");
  EXPECT_EQ(find("-static -Bdynamic -lx -L$/two"), "");
  EXPECT_EQ(find("-r -Bdynamic -lx -L$/two"), "$/two/libx.a");
  EXPECT_EQ(find("-L$/two -l:libx.a -l:libx.so -l:liby.a"),
            "$/two/libx.a $/two/liby.a");
  EXPECT_EQ(find("-L$/two --push-state -dn -lx --pop-state -lx"),
            "$/two/libx.a");
  EXPECT_EQ(find("-L=/one --sysroot=$/sys -lz"), "$/sys/one/libz.a");
  EXPECT_EQ(find("-lnosuch $/nosuch.o $"), "");
}

TEST_F(Inputs, NotCode) {
  EXPECT_EQ(find("$/a.o $/a.o"), "$/a.o");
  EXPECT_EQ(find("-b binary $/a.o --format=elf $/one/libx.a"), "$/one/libx.a");
  EXPECT_EQ(find("--just-symbols=$/a.o"), "");
  EXPECT_NE(find("--just-symbols=$/a.o $/a.o").find("/a.o: named both"),
            std::string::npos);
  EXPECT_EQ(find("$/bc.o").substr(0, 24), "! $/bc.o: LLVM bitcode; ");
}

TEST_F(Inputs, Scripts) {
  write("libs.a", "GROUP(one/libx.a AS_NEEDED(-ly) " + expand("$/a.o)"));
  EXPECT_EQ(find("-L$ -L$/two -ls"), "$/one/libx.a $/two/liby.a $/a.o");
  EXPECT_EQ(find("-T $/libs.a"), "$/one/libx.a $/a.o");
  EXPECT_EQ(find("--default-script=$/libs.a"), "$/one/libx.a $/a.o");
  write("loop.ld", "INPUT(loop.ld a.o)");
  EXPECT_EQ(find("$/loop.ld"), "$/a.o");
  write("sys/in.ld", "INPUT(/one/libz.a =one/libz.a)");
  EXPECT_EQ(find("--sysroot=$/sys $/sys/in.ld"), "$/sys/one/libz.a");
}

TEST_F(Inputs, Remapped) {
  EXPECT_EQ(find("--remap-inputs=q.o=$/a.o q.o"), "q.o");
  EXPECT_EQ(find("--remap-inputs=q*=$/a.o --remap-inputs=qq.o=/dev/null "
                 "q.o qq.o"),
            "q.o");
  EXPECT_EQ(find("--chroot $ /a.o"), "$/a.o");
}

} // namespace
