//===- GnuArguments.h - ld.lld's command line, as far as needed -*- C++ -*-===//
//
// To find the inputs in a command line one must know which arguments are not
// inputs: in `-o a.out b.o` only b.o is. So every option that takes the next
// argument as its value must be known, and beyond these only the few that say
// where inputs are found or how they are read. All is one table.
//
// The rules of LLD's parser, which this follows:
//   - an option with several letters is written -name or --name; newer ones
//     only --name, one-letter ones only -n
//   - the longest name in the table wins: -library=x is not -l ibrary=x
//   - -name=value and -name value are the same; -lvalue and -l value too
//   - an argument that starts with no dash is an input, and so is "-" alone;
//     empty arguments are dropped
//
// Refused: LLVM's OptTable, because LLD's table for it is not part of the
// installed library, and a copy of it would be 500 options that nobody asks
// for here. A unit test holds this table against the LLD that is linked in.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_GNUARGUMENTS_H
#define HOTPAD_REWRITER_RELINK_GNUARGUMENTS_H

#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace hotpad::relink {

enum class GnuOption {
  Input,           ///< No option: a file.
  Library,         ///< -l
  LibraryPath,     ///< -L
  Sysroot,         ///< The last one counts.
  Chroot,          ///< Put before absolute paths when a file is opened.
  RemapInputs,     ///< from-glob=to-file
  RemapInputsFile, ///< A file with one of these a line.
  Format,          ///< Of the inputs that follow: elf, default or binary.
  Script,          ///< -T
  DefaultScript,   ///< Read at the end, when there was no -T.
  SymbolsOnly,     ///< --just-symbols, --in-implib: a file that adds no code.
  Static,          ///< From here on -l finds archives only.
  Dynamic,         ///< The opposite.
  Relocatable,     ///< -r: static throughout.
  PushState,       ///< Remembers Static/Dynamic.
  PopState,
  NoStdlib,        ///< SEARCH_DIR of linker scripts is ignored.
  ResponseQuoting, ///< posix or windows.
  DependencyFile,  ///< Written by LLD, as make rules.
  Report,          ///< Another text file that LLD writes file names to.
  Reproduce,       ///< LLD packs all it reads, for another day.
  Other,           ///< An option that says nothing about inputs.
};

struct GnuArgument {
  GnuOption option = GnuOption::Other;
  std::string value;
};

/// True when \p argument alone, as in `-o`, takes the next one as its value.
bool takesNextArgument(llvm::StringRef argument);

/// What the arguments mean, in their order. \p args without argv[0], response
/// files already expanded.
std::vector<GnuArgument> parseGnuArguments(llvm::ArrayRef<std::string> args);

/// Replaces @file by the arguments in the file, recursively, quoted as
/// --rsp-quoting says. An @file that cannot be read stays as it is.
std::vector<std::string> expandResponseFiles(llvm::ArrayRef<std::string> args);

} // namespace hotpad::relink

#endif
