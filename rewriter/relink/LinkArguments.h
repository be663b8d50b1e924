//===- LinkArguments.h - lld-link's command line, as far as needed -*- C++ -*-//
//
// The rules of LLD's parser for link.exe's arguments, as far as they say which
// files are inputs and where they are looked for:
//
//   - an option is written /name, -name, /name:value or -name:value, in any
//     case; none takes the next argument as its value
//   - an argument that starts with a slash and is no option is a path
//   - %LINK% stands before the arguments, %_LINK_% behind them
//
// GNU arguments of MinGW are not parsed here: LLD's MinGW driver translates
// them into these (RelinkMinGW.cpp).
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_LINKARGUMENTS_H
#define HOTPAD_REWRITER_RELINK_LINKARGUMENTS_H

#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace hotpad::relink {

enum class LinkOption {
  Input,            ///< No option: a file.
  WholeArchive,     ///< /wholearchive:file; an input too.
  DefaultLibrary,   ///< Looked for at the end.
  NoDefaultLibrary, ///< One of them is not; without a value none is.
  LibraryPath,
  Overlay,           ///< A file that maps paths to files; the last one counts.
  IgnoreEnvironment, ///< LINK, _LINK_ and LIB.
  MinGW,             ///< -lldmingw: GNU names of libraries, no LIB.
  SystemRoot,        ///< Another place than LIB for the system's libraries.
  Output,
  Map,             ///< A text file that names inputs; the value may be missing.
  FullPathList,    ///< Another one.
  Debug,           ///< Its value says of what kind.
  Pdb,             ///< Holds the names of inputs.
  Reproduce,       ///< LLD packs all it reads, for another day.
  Librarian,       ///< /lib: makes no link at all.
  ResponseQuoting, ///< posix or windows.
  Other,
};

struct LinkArgument {
  LinkOption option = LinkOption::Other;
  std::string value;
};

/// What the arguments mean, in their order. \p args without argv[0], response
/// files already expanded.
std::vector<LinkArgument> parseLinkArguments(llvm::ArrayRef<std::string> args);

/// The arguments LLD acts on: those of %LINK% and %_LINK_% too, and of every
/// @file, recursively.
std::vector<std::string> expandLinkArguments(llvm::ArrayRef<std::string> args);

/// Among the first arguments is one that only lld-link understands.
bool looksLikeLink(llvm::ArrayRef<std::string> args);

} // namespace hotpad::relink

#endif
