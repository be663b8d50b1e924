//===- CoffInputsTest.cpp - links for Windows, inputs and all -------------===//

#include "lld/Common/Driver.h"
#include "rewriter/relink/LinkInputs.h"
#include "rewriter/relink/Relink.h"
#include "rewriter/relink/Translation.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/ObjectYAML/yaml2obj.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/YAMLTraits.h"
#include "gtest/gtest.h"
#include <mutex>

LLD_HAS_DRIVER(coff)

using namespace hotpad::relink;

namespace {

/// A 64-bit object that defines a function, calls another one if \p calls names
/// it, and has these directives.
std::string object(llvm::StringRef defines, llvm::StringRef calls = "",
                   llvm::StringRef directives = "") {
  std::string text = R"(
--- !COFF
header: { Machine: IMAGE_FILE_MACHINE_AMD64, Characteristics: [] }
sections:
  - Name: .text
    Characteristics: [ IMAGE_SCN_CNT_CODE, IMAGE_SCN_MEM_EXECUTE, IMAGE_SCN_MEM_READ ]
    Alignment: 16
    SectionData: E800000000C3
)";
  if (!calls.empty())
    text +=
        "    Relocations: [ { VirtualAddress: 1, SymbolName: " + calls.str() +
        ", Type: IMAGE_REL_AMD64_REL32 } ]\n";
  if (!directives.empty())
    text +=
        "  - Name: .drectve\n"
        "    Characteristics: [ IMAGE_SCN_LNK_INFO, IMAGE_SCN_LNK_REMOVE ]\n"
        "    SectionData: " +
        llvm::toHex(directives) + "\n";
  auto symbol = [&](llvm::StringRef name, const char *section) {
    text += "  - { Name: " + name.str() +
            ", Value: 0, SectionNumber: " + section +
            ", SimpleType: IMAGE_SYM_TYPE_NULL, ComplexType: "
            "IMAGE_SYM_DTYPE_FUNCTION, StorageClass: "
            "IMAGE_SYM_CLASS_EXTERNAL }\n";
  };
  text += "symbols:\n";
  symbol(defines, "1");
  if (!calls.empty())
    symbol(calls, "0");
  text += "...\n";

  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  llvm::yaml::Input yaml(text);
  EXPECT_TRUE(llvm::yaml::convertYAML(
      yaml, stream, [](const llvm::Twine &error) { FAIL() << error.str(); }));
  return bytes;
}

std::string library(const std::string &name, const std::string &bytes) {
  llvm::SmallVector<llvm::NewArchiveMember, 1> members;
  members.emplace_back(llvm::MemoryBufferRef(bytes, name));
  auto archive = llvm::writeArchiveToBuffer(
      members, llvm::SymtabWritingMode::NormalSymtab,
      llvm::object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
  EXPECT_TRUE(bool(archive));
  return (*archive)->getBuffer().str();
}

/// A folder with a program of three parts in it: entry calls two, which is in
/// lib/two.lib, calls three and asks for lib/three.lib.
class CoffInputs : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("inputs", root));
    // Relative paths in the test are those of this folder.
    ASSERT_FALSE(llvm::sys::fs::current_path(old));
    ASSERT_FALSE(llvm::sys::fs::set_current_path(root));
    write("main.obj", object("entry", "two", " /DEFAULTLIB:\"two.lib\""));
    write("lib/two.lib",
          library("two.o", object("two", "three", "-defaultlib:three")));
    write("lib/three.lib", library("three.o", object("three")));
    write("bc.obj", "BC\xC0\xDE");
    ::unsetenv("LIB");
    ::unsetenv("LINK");
    ::unsetenv("_LINK_");
  }

  void TearDown() override {
    EXPECT_FALSE(llvm::sys::fs::set_current_path(old));
    EXPECT_FALSE(llvm::sys::fs::remove_directories(root));
  }

  void write(const std::string &name, llvm::StringRef bytes) {
    if (llvm::StringRef folder = llvm::sys::path::parent_path(name);
        !folder.empty()) {
      EXPECT_FALSE(llvm::sys::fs::create_directories(folder));
    }
    std::error_code error;
    llvm::raw_fd_ostream(name, error) << bytes;
    ASSERT_FALSE(error);
  }

  static std::vector<std::string> words(llvm::StringRef line) {
    std::vector<std::string> args;
    for (llvm::StringRef word : llvm::split(line, ' '))
      args.push_back(word.str());
    return args;
  }

  /// The inputs in the order they are found, then the warnings.
  static std::string find(llvm::StringRef line) {
    auto found =
        findLinkInputs(parseLinkArguments(expandLinkArguments(words(line))));
    if (!found)
      return llvm::toString(found.takeError());
    std::vector<std::string> names;
    for (const LinkInput &input : found->inputs)
      names.push_back(input.buffer->getBufferIdentifier().str());
    for (const std::string &warning : found->warnings)
      names.push_back("! " + warning);
    return llvm::join(names, " ");
  }

  using Relink = llvm::Expected<int>(llvm::ArrayRef<std::string>,
                                     hotpad::RewriteInput,
                                     const hotpad::RelinkOptions &,
                                     llvm::raw_ostream &, llvm::raw_ostream &);

  /// Links with copies of all inputs. \returns the status, the sorted names of
  /// what was to be rewritten, and what was printed.
  static std::string link(Relink *relink, llvm::StringRef line,
                          const hotpad::RelinkOptions &options = {}) {
    std::mutex mutex;
    std::vector<std::string> given;
    std::string printed;
    llvm::raw_string_ostream stream(printed);
    auto copy = [&](llvm::MemoryBufferRef input)
        -> llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> {
      std::lock_guard<std::mutex> lock(mutex);
      given.push_back(input.getBufferIdentifier().str());
      return llvm::MemoryBuffer::getMemBufferCopy(input.getBuffer());
    };
    auto status = relink(words(line), copy, options, stream, stream);
    if (!status)
      return llvm::toString(status.takeError());
    llvm::sort(given);
    return llvm::utostr(*status) + " " + llvm::join(given, " ") +
           (printed.empty() ? "" : "\n" + printed);
  }

  llvm::SmallString<128> root, old;
};

TEST_F(CoffInputs, Search) {
  EXPECT_EQ(find("main.obj"), "main.obj");
  EXPECT_EQ(find("main.obj -libpath:lib"),
            "main.obj lib/two.lib lib/three.lib");
  EXPECT_EQ(find("main /LibPath:lib"), "main.obj lib/two.lib lib/three.lib");
  EXPECT_EQ(find("main -libpath:lib /nodefaultlib"), "main.obj");
  EXPECT_EQ(find("main -libpath:lib /nodefaultlib:THREE"),
            "main.obj lib/two.lib lib/three.lib"); // lib/THREE.lib, that is.
  EXPECT_EQ(find("main -libpath:lib /nodefaultlib:three"),
            "main.obj lib/two.lib");
  EXPECT_EQ(find("three.lib -libpath:lib"), "lib/three.lib");
  EXPECT_EQ(find("-defaultlib:three -libpath:lib"), "lib/three.lib");
  EXPECT_EQ(find("-wholearchive:three.lib -wholearchive -libpath:lib"),
            "lib/three.lib");
  EXPECT_EQ(find("/nosuch.obj nosuch /dll -out:main.obj lib /dev/null"), "");
  EXPECT_EQ(find("main.obj ./main.obj lib/../main.obj"), "main.obj");
  EXPECT_EQ(find("bc.obj").substr(0, 22), "! bc.obj: LLVM bitcode");
}

TEST_F(CoffInputs, Environment) {
  ::setenv("LIB", "nowhere;lib", 1);
  EXPECT_EQ(find("main.obj"), "main.obj lib/two.lib lib/three.lib");
  EXPECT_EQ(find("main.obj -lldignoreenv"), "main.obj");
  ::unsetenv("LIB");
  ::setenv("LINK", "/libpath:lib", 1);
  ::setenv("_LINK_", "three.lib", 1);
  EXPECT_EQ(find("main.obj -nodefaultlib"), "main.obj lib/three.lib");
  ::unsetenv("LINK");
  ::unsetenv("_LINK_");
}

TEST_F(CoffInputs, ResponseFiles) {
  write("a b.obj", object("b"));
  write("inputs.rsp", "\"a b.obj\"\n-libpath:lib @more.rsp");
  write("more.rsp", "lib\\two.lib three.lib");
  EXPECT_EQ(find("@inputs.rsp"), "a b.obj lib/three.lib");
  write("more.rsp", "'lib/two.lib' a\\ b.obj");
  EXPECT_EQ(find("--rsp-quoting=posix @more.rsp -nodefaultlib"),
            "lib/two.lib a b.obj");
}

TEST_F(CoffInputs, MinGWNames) {
  write("lib/libfour.a", library("four.o", object("four")));
  EXPECT_EQ(find("-defaultlib:four -libpath:lib"), "");
  EXPECT_EQ(find("-lldmingw -defaultlib:four -libpath:lib"), "lib/libfour.a");
}

constexpr llvm::StringLiteral program =
    "main.obj -libpath:lib -entry:entry -subsystem:console -out:a.exe";

TEST_F(CoffInputs, Link) {
  EXPECT_EQ(link(&hotpad::relinkLink, program),
            "0 lib/three.lib lib/two.lib main.obj");
  llvm::file_magic magic;
  EXPECT_FALSE(llvm::identify_magic("a.exe", magic));
  EXPECT_EQ(magic, llvm::file_magic::pecoff_executable);
}

TEST_F(CoffInputs, NamesAreRestored) {
  EXPECT_EQ(link(&hotpad::relinkLink,
                 (program + " -nodefaultlib -errorlimit:1").str()),
            "1 main.obj\nlld-link: error: undefined symbol: two\n"
            ">>> referenced by main.obj:(entry)\n");
  std::string again = link(&hotpad::relinkLink, (program + " -lldmap").str());
  EXPECT_EQ(again, "0 lib/three.lib lib/two.lib main.obj");
  auto map = llvm::MemoryBuffer::getFile("a.map");
  ASSERT_TRUE(bool(map));
  EXPECT_TRUE((*map)->getBuffer().contains(" main.obj:(.text)"));
  EXPECT_FALSE((*map)->getBuffer().contains("hotpad-"));
}

TEST_F(CoffInputs, LinkerArguments) {
  hotpad::RelinkOptions options;
  options.linkerArguments = {"/out:b.exe", "/subsystem:windows"};
  EXPECT_EQ(
      link(&hotpad::relinkLink, "main.obj -libpath:lib -entry:entry", options),
      "0 lib/three.lib lib/two.lib main.obj");
  EXPECT_TRUE(llvm::sys::fs::exists("b.exe"));
}

TEST_F(CoffInputs, UsersOverlay) {
  write("overlay.yaml",
        "{ 'version': 0, 'case-sensitive': 'false', 'roots': [\n"
        "  { 'name': '/sdk', 'type': 'directory-remap',\n"
        "    'external-contents': '" +
            root.str().str() +
            "/lib' },\n"
            "  { 'name': '/two', 'type': 'directory', 'contents': [\n"
            "    { 'name': 'Two.LIB', 'type': 'file',\n"
            "      'external-contents': '" +
            root.str().str() + "/lib/two.lib' } ] } ] }");
  std::string args = "main.obj -entry:entry -subsystem:console -out:a.exe "
                     "-vfsoverlay:overlay.yaml";
  std::string lib = (root + "/lib/").str();
  // A warning would say that LLD came by an original.
  EXPECT_EQ(link(&hotpad::relinkLink, args + " -libpath:/sdk"),
            "0 " + lib + "three.lib " + lib + "two.lib main.obj");
  EXPECT_EQ(
      link(&hotpad::relinkLink, args + " -libpath:/two -libpath:lib/../lib"),
      "0 " + lib + "two.lib lib/../lib/three.lib main.obj");
  EXPECT_EQ(find("-vfsoverlay:main.obj").substr(0, 25),
            "main.obj: no overlay of p");
}

TEST_F(CoffInputs, FoundByLldAlone) {
  write("sysroot/VC/Tools/MSVC/14.30/lib/x64/three.lib",
        library("three.o", object("three")));
  EXPECT_FALSE(llvm::sys::fs::remove("lib/three.lib"));
  llvm::SmallString<128> here;
  ASSERT_FALSE(llvm::sys::fs::current_path(here));
  EXPECT_EQ(link(&hotpad::relinkLink,
                 (program + " -winsysroot:sysroot -lldmap").str()),
            ("0 " + here +
             "/sysroot/VC/Tools/MSVC/14.30/lib/x64/three.lib lib/two.lib "
             "main.obj")
                .str());
  auto map = llvm::MemoryBuffer::getFile("a.map");
  ASSERT_TRUE(bool(map));
  EXPECT_FALSE((*map)->getBuffer().contains("hotpad-"));
}

TEST_F(CoffInputs, Librarian) {
  EXPECT_EQ(link(&hotpad::relinkLink, "/lib main.obj").substr(0, 20),
            "/lib makes a library");
}

TEST_F(CoffInputs, MinGW) {
  write("lib/libtwo.a", library("two.o", object("two")));
  write("lib/libtwo.dll.a", library("two.o", object("two")));
  write("a b.o", object("b"));
  write("args.rsp", "\"a b.o\" --entry=entry");
  std::string args = "-m i386pep main.obj @args.rsp -Llib -ltwo -o a.exe "
                     "-Map=a.map --subsystem=console -lthree";
  EXPECT_EQ(link(&hotpad::relinkMinGW, args),
            "0 a b.o lib/libtwo.dll.a lib/three.lib lib/two.lib main.obj");
  auto map = llvm::MemoryBuffer::getFile("a.map");
  ASSERT_TRUE(bool(map));
  EXPECT_FALSE((*map)->getBuffer().contains("hotpad-"));
  EXPECT_EQ(link(&hotpad::relinkMinGW, "-Bstatic " + args),
            "0 a b.o lib/libtwo.a lib/three.lib lib/two.lib main.obj");
  EXPECT_EQ(link(&hotpad::relinkMinGW, "main.obj -lnope"),
            "1 \nlld: error: unable to find library -lnope\n");
}

TEST(Flavor, Recognised) {
  using hotpad::LinkFlavor;
  auto of = [](llvm::StringRef line) {
    std::vector<std::string> args;
    for (llvm::StringRef word : llvm::split(line, ' '))
      args.push_back(word.str());
    return hotpad::recogniseFlavor(args);
  };
  EXPECT_EQ(of("-m i386pep a.o -o a.exe"), LinkFlavor::MinGW);
  EXPECT_EQ(of("a.o -mi386pe"), LinkFlavor::MinGW);
  EXPECT_EQ(of("-m elf_i386 a.o -out:x"), LinkFlavor::Gnu);
  EXPECT_EQ(of("-o -m a.o -Map i386pep"), LinkFlavor::Gnu);
  EXPECT_EQ(of("a.o -o a.out -lm"), LinkFlavor::Gnu);
  EXPECT_EQ(of("/lib/crt1.o a.o -output a.out"), LinkFlavor::Gnu);
  EXPECT_EQ(of("a.obj -out:a.exe"), LinkFlavor::Link);
  EXPECT_EQ(of("/NOLOGO a.obj"), LinkFlavor::Link);
  EXPECT_EQ(of("a.obj /Subsystem:console"), LinkFlavor::Link);
  EXPECT_EQ(of("a.obj /dll"), LinkFlavor::Link);
}

// Every option in the help of the linked LLD: none takes the next argument.
TEST(LinkArguments, NoOptionTakesTheNextArgument) {
  auto lld = [](std::vector<const char *> args) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    args.insert(args.begin(), "lld-link");
    lld::lldMain(args, stream, stream, {{lld::WinLink, &lld::coff::link}});
    return text;
  };
  size_t tried = 0;
  std::string help = lld({"-help"});
  for (llvm::StringRef line : llvm::split(help, '\n')) {
    if (!line.consume_front("  ") || !line.starts_with("/"))
      continue;
    llvm::StringRef name = line.take_until(
        [](char c) { return c == ':' || c == '<' || c == ' '; });
    if (name == "/lib" || name == "/threads")
      continue; // Another program; LLD's own number of threads.
    ++tried;
    EXPECT_TRUE(llvm::StringRef(lld({"/dll", name.str().c_str(), "nosuch.obj"}))
                    .contains("nosuch.obj"))
        << name.str();
  }
  EXPECT_GT(tried, 100u);
}

} // namespace
