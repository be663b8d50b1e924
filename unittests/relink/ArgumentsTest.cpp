//===- ArgumentsTest.cpp - ld.lld's command line --------------------------===//

#include "lld/Common/Driver.h"
#include "rewriter/relink/GnuArguments.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

LLD_HAS_DRIVER(elf)

using namespace hotpad::relink;

namespace {

/// The inputs and libraries of a command line, a word each.
std::string inputs(llvm::StringRef line) {
  std::vector<std::string> args;
  for (llvm::StringRef word : llvm::split(line, ' '))
    args.push_back(word.str());
  std::vector<std::string> found;
  for (const GnuArgument &argument : parseGnuArguments(args)) {
    if (argument.option == GnuOption::Input)
      found.push_back(argument.value);
    if (argument.option == GnuOption::Library)
      found.push_back("-l" + argument.value);
  }
  return llvm::join(found, " ");
}

std::vector<GnuArgument> parse(const std::vector<std::string> &args) {
  return parseGnuArguments(args);
}

/// What LLD itself prints for a command line.
std::string lldOutput(std::vector<const char *> args) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  args.insert(args.begin(), "ld.lld");
  lld::lldMain(args, stream, stream, {{lld::Gnu, &lld::elf::link}});
  return text;
}

struct ResponseFile {
  explicit ResponseFile(llvm::StringRef text) {
    int descriptor;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("arguments", "rsp",
                                                    descriptor, path));
    llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << text;
  }
  ~ResponseFile() { EXPECT_FALSE(llvm::sys::fs::remove(path)); }

  std::string at() const { return "@" + path.str().str(); }
  llvm::SmallString<128> path;
};

TEST(GnuArguments, ValuesAreNoInputs) {
  EXPECT_EQ(inputs("-o out a.o -e main b.o"), "a.o b.o");
  EXPECT_EQ(inputs("-z now -m elf_x86_64 -u sym -h so c.o"), "c.o");
  EXPECT_EQ(inputs("-rpath dir -soname x.so --soname y.so d.o"), "d.o");
  EXPECT_EQ(inputs("-dynamic-linker ld.so --dynamic-linker ld.so e.o"), "e.o");
  EXPECT_EQ(inputs("-plugin p.so -plugin-opt x -plugin-opt=y f.o"), "f.o");
  EXPECT_EQ(inputs("-T script.ld --version-script v.map g.o"), "g.o");
}

TEST(GnuArguments, JoinedValues) {
  EXPECT_EQ(inputs("-oout -emain -znow -melf_x86_64 -Tx.ld a.o"), "a.o");
  EXPECT_EQ(inputs("--entry=main -soname=x.so a.o"), "a.o");
  // Not -T ext=...: the longest name wins.
  for (const GnuArgument &argument : parse({"-Ttext=0x1000", "-Ttext", "2"}))
    EXPECT_EQ(argument.option, GnuOption::Other);
}

TEST(GnuArguments, Libraries) {
  EXPECT_EQ(inputs("-lm -l c -l:libx.a"), "-lm -lc -l:libx.a");
  EXPECT_EQ(inputs("-library m --library c -library=z --library=y"),
            "-lm -lc -lz -ly");
  EXPECT_EQ(inputs("-library-path d -lm -long-plt"), "-lm");
  EXPECT_EQ(inputs("-lto"), "-lto"); // --lto has two dashes.
  EXPECT_EQ(inputs("--lto=full --long-plt"), "");
}

TEST(GnuArguments, FlagsTakeNothing) {
  EXPECT_EQ(inputs("-static a.o -r b.o --start-group c.a --end-group"),
            "a.o b.o c.a");
  EXPECT_EQ(inputs("-( a.a -) -E b.o -s -S c.o"), "a.a b.o c.o");
  EXPECT_EQ(inputs("--build-id a.o --build-id=sha1 b.o"), "a.o b.o");
  EXPECT_EQ(inputs("--omagic a.o -omagic b.o"), "a.o b.o");
}

TEST(GnuArguments, OneDashOrTwo) {
  EXPECT_EQ(inputs("-threads a.o"), "a.o"); // Only --threads takes a value.
  EXPECT_EQ(inputs("--threads 4 a.o"), "a.o");
  EXPECT_EQ(inputs("--o a.o"), "a.o");
  EXPECT_EQ(inputs("-Map x.map --Map y.map a.o"), "a.o");
}

TEST(GnuArguments, OddOnes) {
  EXPECT_EQ(inputs("- a.o"), "- a.o");
  EXPECT_EQ(inputs(" a.o  b.o"), "a.o b.o"); // Empty arguments are dropped.
  EXPECT_EQ(inputs("a.o -o"), "a.o");        // LLD says what is missing.
  EXPECT_EQ(inputs("-o -lm a.o"), "a.o");
}

TEST(GnuArguments, StateAndPlaces) {
  std::vector<GnuArgument> parsed =
      parse({"-L", "a", "-Lb", "--library-path=c", "--sysroot=/s", "-b",
             "binary", "--format=elf", "-dn", "-Bdynamic", "-N", "--push-state",
             "-pop-state", "--just-symbols=x.o"});
  std::vector<std::pair<GnuOption, std::string>> expected = {
      {GnuOption::LibraryPath, "a"}, {GnuOption::LibraryPath, "b"},
      {GnuOption::LibraryPath, "c"}, {GnuOption::Sysroot, "/s"},
      {GnuOption::Format, "binary"}, {GnuOption::Format, "elf"},
      {GnuOption::Static, ""},       {GnuOption::Dynamic, ""},
      {GnuOption::Static, ""},       {GnuOption::PushState, ""},
      {GnuOption::PopState, ""},     {GnuOption::SymbolsOnly, "x.o"}};
  ASSERT_EQ(parsed.size(), expected.size());
  for (size_t i = 0; i != parsed.size(); ++i) {
    EXPECT_EQ(parsed[i].option, expected[i].first) << i;
    EXPECT_EQ(parsed[i].value, expected[i].second) << i;
  }
}

TEST(GnuArguments, ResponseFiles) {
  ResponseFile inner("'c d.o' -lz");
  ResponseFile outer("a\\ b.o\n\"x y\" " + inner.at() + "\n");
  std::vector<std::string> expected = {"-o",    "out", "a b.o", "x y",
                                       "c d.o", "-lz", "e.o",   "@nowhere"};
  EXPECT_EQ(expandResponseFiles({"-o", "out", outer.at(), "e.o", "@nowhere"}),
            expected);
}

TEST(GnuArguments, ResponseFilesOfWindows) {
  ResponseFile file("dir\\a.o 'b.o'");
  std::vector<std::string> expected = {"--rsp-quoting=windows", "dir\\a.o",
                                       "'b.o'"};
  EXPECT_EQ(expandResponseFiles({"--rsp-quoting=windows", file.at()}),
            expected);
}

// Every option that the help of the linked LLD names, with one dash and with
// two: alone on a command line it misses an argument exactly when the table
// says so.
TEST(GnuArguments, TableIsThatOfLld) {
  size_t separate = 0;
  std::string help = lldOutput({"--help"});
  for (llvm::StringRef line : llvm::split(help, '\n')) {
    if (!line.consume_front("  ") || !line.starts_with("-"))
      continue;
    llvm::StringRef name = line.ltrim('-').take_until(
        [](char c) { return c == '=' || c == '<' || c == ' '; });
    for (const char *dashes : {"-", "--"}) {
      std::string option = dashes + name.str();
      // LLD takes this one for itself before it parses options.
      if (option == "-flavor" || option == "-" || option == "--")
        continue;
      // Joined to the next argument before LLD's parser sees it.
      if (name.starts_with("plugin-opt"))
        continue;
      bool missing = llvm::StringRef(lldOutput({option.c_str()}))
                         .contains(option + ": missing argument");
      EXPECT_EQ(takesNextArgument(option), missing) << option;
      separate += missing;
    }
  }
  EXPECT_GT(separate, 100u);
}

} // namespace
