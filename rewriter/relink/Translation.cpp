//===- Translation.cpp ----------------------------------------------------===//

#include "rewriter/relink/Translation.h"
#include "rewriter/relink/GnuArguments.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

namespace hotpad::relink {

std::string targetOf(llvm::ArrayRef<std::string> args) {
  std::string target;
  for (size_t i = 0; i != args.size(); ++i) {
    llvm::StringRef value = args[i];
    if (value == "-m") {
      if (i + 1 != args.size())
        target = args[++i];
    } else if (takesNextArgument(value)) {
      ++i; // The value of another option.
    } else if (value.consume_front("-m") &&
               (value.starts_with("elf") || value.starts_with("i386") ||
                value.starts_with("arm64"))) {
      target = value.str(); // and not -map, -mllvm ...
    }
  }
  return target;
}

namespace {

bool isFile(llvm::StringRef argument) {
  argument.consume_front("-wholearchive:");
  return llvm::sys::fs::is_regular_file(argument);
}

/// How many words from the first one are one argument.
size_t wordsOfFile(llvm::ArrayRef<llvm::StringRef> words) {
  for (size_t count = words.size(); count > 1; --count)
    if (isFile(llvm::join(words.take_front(count), " ")))
      return count;
  return 1;
}

} // namespace

std::optional<std::vector<std::string>>
readTranslation(llvm::StringRef printed, llvm::ArrayRef<std::string> args) {
  llvm::StringRef line;
  for (llvm::StringRef candidate : llvm::split(printed, '\n'))
    if (candidate.consume_front("lld-link "))
      line = candidate;
  if (line.empty())
    return std::nullopt;
  llvm::SmallVector<llvm::StringRef, 0> words;
  line.split(words, ' ');
  size_t blanks = 0;
  for (llvm::StringRef arg : expandResponseFiles(args))
    blanks = std::max(blanks, arg.count(' '));
  std::vector<std::string> result;
  for (llvm::ArrayRef<llvm::StringRef> rest = words; !rest.empty();) {
    size_t count = wordsOfFile(rest.take_front(blanks + 1));
    result.push_back(llvm::join(rest.take_front(count), " "));
    rest = rest.drop_front(count);
  }
  return result;
}

} // namespace hotpad::relink
