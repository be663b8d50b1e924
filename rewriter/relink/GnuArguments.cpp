//===- GnuArguments.cpp ---------------------------------------------------===//

#include "rewriter/relink/GnuArguments.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/StringSaver.h"

namespace hotpad::relink {

namespace {

enum class Dashes { One, Two, Any };

/// How the value is given.
enum class Form {
  Flag,     ///< -n
  Next,     ///< -n value
  Equals,   ///< -n=value
  Either,   ///< -n value, -n=value
  Attached, ///< -n value, -nvalue
};

struct Row {
  llvm::StringLiteral name;
  Dashes dashes;
  Form form;
  GnuOption option = GnuOption::Other;
};

// Every option of ld.lld 22 that can take the next argument, and those that say
// something about inputs.
constexpr Row rows[] = {
    // Where inputs are and how they are read.
    {"l", Dashes::One, Form::Attached, GnuOption::Library},
    {"library", Dashes::Any, Form::Either, GnuOption::Library},
    {"L", Dashes::One, Form::Attached, GnuOption::LibraryPath},
    {"library-path", Dashes::Any, Form::Either, GnuOption::LibraryPath},
    {"sysroot", Dashes::Any, Form::Either, GnuOption::Sysroot},
    {"chroot", Dashes::Two, Form::Next, GnuOption::Chroot},
    {"remap-inputs", Dashes::Two, Form::Either, GnuOption::RemapInputs},
    {"remap-inputs-file", Dashes::Two, Form::Equals,
     GnuOption::RemapInputsFile},
    {"b", Dashes::One, Form::Next, GnuOption::Format},
    {"format", Dashes::Any, Form::Either, GnuOption::Format},
    {"T", Dashes::One, Form::Attached, GnuOption::Script},
    {"script", Dashes::Any, Form::Either, GnuOption::Script},
    {"dT", Dashes::One, Form::Next, GnuOption::DefaultScript},
    {"default-script", Dashes::Two, Form::Either, GnuOption::DefaultScript},
    {"just-symbols", Dashes::Any, Form::Either, GnuOption::SymbolsOnly},
    {"in-implib", Dashes::Two, Form::Either, GnuOption::SymbolsOnly},
    {"Bstatic", Dashes::Any, Form::Flag, GnuOption::Static},
    {"static", Dashes::Any, Form::Flag, GnuOption::Static},
    {"dn", Dashes::Any, Form::Flag, GnuOption::Static},
    {"non_shared", Dashes::Any, Form::Flag, GnuOption::Static},
    {"nmagic", Dashes::Any, Form::Flag, GnuOption::Static},
    {"n", Dashes::One, Form::Flag, GnuOption::Static},
    {"omagic", Dashes::Two, Form::Flag, GnuOption::Static},
    {"N", Dashes::One, Form::Flag, GnuOption::Static},
    {"Bdynamic", Dashes::Any, Form::Flag, GnuOption::Dynamic},
    {"dy", Dashes::Any, Form::Flag, GnuOption::Dynamic},
    {"call_shared", Dashes::Any, Form::Flag, GnuOption::Dynamic},
    {"relocatable", Dashes::Any, Form::Flag, GnuOption::Relocatable},
    {"r", Dashes::One, Form::Flag, GnuOption::Relocatable},
    {"push-state", Dashes::Any, Form::Flag, GnuOption::PushState},
    {"pop-state", Dashes::Any, Form::Flag, GnuOption::PopState},
    {"nostdlib", Dashes::Any, Form::Flag, GnuOption::NoStdlib},
    {"rsp-quoting", Dashes::Two, Form::Either, GnuOption::ResponseQuoting},

    // Not -l ong-plt.
    {"long-plt", Dashes::Any, Form::Flag},

    // Text that LLD writes, with the names of inputs.
    {"dependency-file", Dashes::Two, Form::Either, GnuOption::DependencyFile},
    {"Map", Dashes::Any, Form::Either, GnuOption::Report},
    {"print-archive-stats", Dashes::Any, Form::Equals, GnuOption::Report},
    {"print-gc-sections", Dashes::Any, Form::Equals, GnuOption::Report},
    {"why-extract", Dashes::Two, Form::Equals, GnuOption::Report},

    // All others whose value can be the next argument.
    {"F", Dashes::One, Form::Next},
    {"G", Dashes::One, Form::Attached},
    {"O", Dashes::One, Form::Attached},
    {"R", Dashes::One, Form::Attached},
    {"Tbss", Dashes::Any, Form::Either},
    {"Tdata", Dashes::Any, Form::Either},
    {"Ttext", Dashes::Any, Form::Either},
    {"Ttext-segment", Dashes::Any, Form::Either},
    {"android-memtag-mode", Dashes::Two, Form::Either},
    {"auxiliary", Dashes::Any, Form::Either},
    {"call-graph-ordering-file", Dashes::Any, Form::Either},
    {"compress-debug-sections", Dashes::Any, Form::Either},
    {"compress-sections", Dashes::Two, Form::Either},
    {"defsym", Dashes::Any, Form::Either},
    {"dynamic-linker", Dashes::Any, Form::Either},
    {"dynamic-list", Dashes::Any, Form::Either},
    {"e", Dashes::One, Form::Attached},
    {"entry", Dashes::Any, Form::Either},
    {"error-handling-script", Dashes::Two, Form::Either},
    {"error-limit", Dashes::Two, Form::Either},
    {"exclude-libs", Dashes::Any, Form::Either},
    {"export-dynamic-symbol", Dashes::Two, Form::Either},
    {"export-dynamic-symbol-list", Dashes::Two, Form::Either},
    {"f", Dashes::One, Form::Next},
    {"filter", Dashes::Any, Form::Either},
    {"fini", Dashes::Any, Form::Either},
    {"h", Dashes::One, Form::Attached},
    {"hash-style", Dashes::Any, Form::Either},
    {"image-base", Dashes::Two, Form::Either},
    {"init", Dashes::Any, Form::Either},
    {"irpgo-profile", Dashes::Two, Form::Either},
    {"keep-unique", Dashes::Any, Form::Either},
    {"load-pass-plugin", Dashes::Two, Form::Either},
    {"lto-known-safe-vtables", Dashes::Two, Form::Either},
    {"m", Dashes::One, Form::Attached},
    {"mips-got-size", Dashes::Any, Form::Either},
    {"mllvm", Dashes::Any, Form::Either},
    {"o", Dashes::One, Form::Attached},
    {"oformat", Dashes::Two, Form::Either},
    {"opt-remarks-filename", Dashes::Two, Form::Next},
    {"opt-remarks-format", Dashes::Two, Form::Next},
    {"opt-remarks-hotness-threshold", Dashes::Two, Form::Either},
    {"opt-remarks-passes", Dashes::Two, Form::Next},
    {"orphan-handling", Dashes::Any, Form::Either},
    {"out-implib", Dashes::Two, Form::Either},
    {"output", Dashes::Two, Form::Either},
    {"pack-dyn-relocs", Dashes::Two, Form::Either},
    {"plugin", Dashes::Any, Form::Either},
    {"plugin-opt", Dashes::Any, Form::Either},
    {"print-symbol-order", Dashes::Any, Form::Either},
    {"reproduce", Dashes::Two, Form::Either, GnuOption::Reproduce},
    {"retain-symbols-file", Dashes::Any, Form::Either},
    {"rpath", Dashes::Any, Form::Either},
    {"rpath-link", Dashes::Any, Form::Either},
    {"section-start", Dashes::Any, Form::Either},
    {"shuffle-sections", Dashes::Two, Form::Either},
    {"soname", Dashes::Any, Form::Either},
    {"sort-section", Dashes::Any, Form::Either},
    {"split-stack-adjust-size", Dashes::Any, Form::Either},
    {"symbol-ordering-file", Dashes::Two, Form::Either},
    {"target2", Dashes::Any, Form::Either},
    {"thinlto-cache-policy", Dashes::Two, Form::Either},
    {"thinlto-distributor-arg", Dashes::Two, Form::Either},
    {"thinlto-remote-compiler-arg", Dashes::Two, Form::Either},
    {"thinlto-remote-compiler-prepend-arg", Dashes::Two, Form::Either},
    {"threads", Dashes::Two, Form::Either},
    {"time-trace-granularity", Dashes::Two, Form::Either},
    {"trace-symbol", Dashes::Any, Form::Either},
    {"u", Dashes::One, Form::Attached},
    {"undefined", Dashes::Any, Form::Either},
    {"undefined-glob", Dashes::Two, Form::Either},
    {"unresolved-symbols", Dashes::Any, Form::Either},
    {"version-script", Dashes::Any, Form::Either},
    {"warn-backrefs-exclude", Dashes::Two, Form::Either},
    {"why-live", Dashes::Two, Form::Either},
    {"wrap", Dashes::Any, Form::Either},
    {"y", Dashes::One, Form::Attached},
    {"z", Dashes::One, Form::Attached},
};

struct Match {
  GnuOption option = GnuOption::Other;
  size_t length = 0; ///< Of the matched name, with '='; 0: nothing matched.
  bool takesNext = false;
  llvm::StringRef value;
};

/// What \p row makes of \p text, an argument without its dashes.
Match matchRow(const Row &row, llvm::StringRef text) {
  size_t length = row.name.size();
  bool exact = text == row.name;
  if (exact && row.form == Form::Flag)
    return {row.option, length, false, ""};
  if (exact && row.form != Form::Equals)
    return {row.option, length, true, ""};
  if (!text.starts_with(row.name))
    return {};
  llvm::StringRef rest = text.drop_front(length);
  if (row.form == Form::Attached)
    return {row.option, length, false, rest};
  if ((row.form == Form::Equals || row.form == Form::Either) &&
      rest.consume_front("="))
    return {row.option, length + 1, false, rest};
  return {};
}

Match matchOption(llvm::StringRef argument) {
  bool two = argument.starts_with("--");
  llvm::StringRef text = argument.drop_front(two ? 2 : 1);
  Match best;
  for (const Row &row : rows) {
    if (row.dashes != Dashes::Any && (row.dashes == Dashes::Two) != two)
      continue;
    Match match = matchRow(row, text);
    if (match.length > best.length)
      best = match;
  }
  return best;
}

bool isOption(llvm::StringRef argument) {
  return argument.starts_with("-") && argument != "-";
}

} // namespace

bool takesNextArgument(llvm::StringRef argument) {
  return isOption(argument) && matchOption(argument).takesNext;
}

std::vector<GnuArgument> parseGnuArguments(llvm::ArrayRef<std::string> args) {
  std::vector<GnuArgument> result;
  for (size_t i = 0; i != args.size(); ++i) {
    if (args[i].empty())
      continue;
    if (!isOption(args[i])) {
      result.push_back({GnuOption::Input, args[i]});
      continue;
    }
    Match match = matchOption(args[i]);
    if (!match.takesNext)
      result.push_back({match.option, match.value.str()});
    else if (i + 1 != args.size())
      result.push_back({match.option, args[++i]});
  }
  return result;
}

std::vector<std::string> expandResponseFiles(llvm::ArrayRef<std::string> args) {
  bool windows = false;
  for (const GnuArgument &argument : parseGnuArguments(args))
    if (argument.option == GnuOption::ResponseQuoting)
      windows = argument.value == "windows";

  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  llvm::SmallVector<const char *, 64> argv;
  for (const std::string &arg : args)
    argv.push_back(arg.c_str());
  // The result only says whether all files could be read; LLD says it too.
  llvm::cl::ExpandResponseFiles(saver,
                                windows ? llvm::cl::TokenizeWindowsCommandLine
                                        : llvm::cl::TokenizeGNUCommandLine,
                                argv);
  return {argv.begin(), argv.end()};
}

} // namespace hotpad::relink
