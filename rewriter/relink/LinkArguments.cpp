//===- LinkArguments.cpp --------------------------------------------------===//

#include "rewriter/relink/LinkArguments.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/StringSaver.h"

namespace hotpad::relink {

namespace {

struct Row {
  llvm::StringLiteral name;
  LinkOption option;
  char separator = ':'; ///< 0: takes no value.
};

constexpr Row rows[] = {
    {"debug", LinkOption::Debug},
    {"debug", LinkOption::Debug, 0},
    {"defaultlib", LinkOption::DefaultLibrary},
    {"diasdkdir", LinkOption::SystemRoot},
    {"lib", LinkOption::Librarian, 0},
    {"libpath", LinkOption::LibraryPath},
    {"linkrepro", LinkOption::Reproduce},
    {"linkreprofullpathrsp", LinkOption::FullPathList},
    {"lldignoreenv", LinkOption::IgnoreEnvironment, 0},
    {"lldmap", LinkOption::Map},
    {"lldmap", LinkOption::Map, 0},
    {"lldmingw", LinkOption::MinGW, 0},
    {"map", LinkOption::Map},
    {"map", LinkOption::Map, 0},
    {"nodefaultlib", LinkOption::NoDefaultLibrary},
    {"nodefaultlib", LinkOption::NoDefaultLibrary, 0},
    {"out", LinkOption::Output},
    {"pdb", LinkOption::Pdb},
    {"reproduce", LinkOption::Reproduce},
    {"rsp-quoting", LinkOption::ResponseQuoting, '='},
    {"vctoolsdir", LinkOption::SystemRoot},
    {"vfsoverlay", LinkOption::Overlay},
    {"wholearchive", LinkOption::WholeArchive},
    {"winsdkdir", LinkOption::SystemRoot},
    {"winsysroot", LinkOption::SystemRoot},
};

/// Options that ld.lld has no like of and links for Windows are full of.
constexpr llvm::StringLiteral telling[] = {
    "defaultlib", "dll",          "entry",          "implib", "libpath",
    "machine",    "nodefaultlib", "nologo",         "out",    "subsystem",
    "lldmingw",   "winsysroot",   "functionpadmin",
};

std::string nameOf(llvm::StringRef argument) {
  return argument.drop_front()
      .take_until([](char c) { return c == ':'; })
      .lower();
}

LinkArgument parse(llvm::StringRef argument) {
  bool dash = argument.starts_with("-");
  if (!dash && !argument.starts_with("/"))
    return {LinkOption::Input, argument.str()};
  llvm::StringRef text = argument.drop_front();
  if (dash)
    text.consume_front("-"); // --rsp-quoting
  for (const Row &row : rows) {
    llvm::StringRef rest = text;
    if (!rest.consume_front_insensitive(row.name))
      continue;
    if (row.separator ? rest.consume_front(llvm::StringRef(&row.separator, 1))
                      : rest.empty())
      return {row.option, rest.str()};
  }
  if (dash)
    return {LinkOption::Other, ""};
  return {LinkOption::Input, argument.str()};
}

llvm::cl::TokenizerCallback quoting(llvm::ArrayRef<std::string> args) {
  bool windows = true;
  for (const LinkArgument &argument : parseLinkArguments(args))
    if (argument.option == LinkOption::ResponseQuoting)
      windows = argument.value != "posix";
  return windows ? llvm::cl::TokenizeWindowsCommandLine
                 : llvm::cl::TokenizeGNUCommandLine;
}

} // namespace

std::vector<LinkArgument> parseLinkArguments(llvm::ArrayRef<std::string> args) {
  std::vector<LinkArgument> result;
  for (const std::string &arg : args)
    if (!arg.empty())
      result.push_back(parse(arg));
  return result;
}

std::vector<std::string> expandLinkArguments(llvm::ArrayRef<std::string> args) {
  bool ignoreEnvironment =
      llvm::any_of(parseLinkArguments(args), [](const LinkArgument &argument) {
        return argument.option == LinkOption::IgnoreEnvironment;
      });
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  llvm::SmallVector<const char *, 64> argv;
  auto addEnvironment = [&](const char *name) {
    auto text = llvm::sys::Process::GetEnv(name);
    if (text && !ignoreEnvironment)
      llvm::cl::TokenizeWindowsCommandLine(*text, saver, argv);
  };
  addEnvironment("LINK");
  for (const std::string &arg : args)
    argv.push_back(arg.c_str());
  addEnvironment("_LINK_");
  // The result only says whether all files could be read; LLD says it too.
  llvm::cl::ExpandResponseFiles(saver, quoting(args), argv);
  return {argv.begin(), argv.end()};
}

bool looksLikeLink(llvm::ArrayRef<std::string> args) {
  if (args.empty())
    return false;
  // ld.lld has no option with a slash: either this is a file, or ours.
  llvm::StringRef first = args.front();
  if (first.starts_with("/") && !first.drop_front().contains('/') &&
      !llvm::sys::fs::exists(first))
    return true;
  return llvm::any_of(args, [](llvm::StringRef arg) {
    if (!arg.starts_with("/") && !arg.starts_with("-"))
      return false;
    std::string name = nameOf(arg);
    // GNU's -out is -o ut: only with a colon is it /out.
    return llvm::is_contained(telling, name) &&
           (arg.contains(':') || arg.starts_with("/"));
  });
}

} // namespace hotpad::relink
