//===- LinkerScript.h - the inputs a linker script asks for -----*- C++ -*-===//
//
// libm.a and libc.so of glibc are no libraries but text:
//
//     GROUP ( /usr/lib/libm-2.36.a /usr/lib/libmvec.a )
//
// and the archive with the code is what the text names. This reads of a script
// what adds inputs and skips everything else, in braces or parentheses, as
// tokens. It never fails: LLD reads the same text next and knows better what is
// wrong with it.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_LINKERSCRIPT_H
#define HOTPAD_REWRITER_RELINK_LINKERSCRIPT_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace hotpad::relink {

struct ScriptCommand {
  enum Kind {
    Input,     ///< One name of INPUT or GROUP, AS_NEEDED included.
    SearchDir, ///< One more directory for -l.
    Include,   ///< Another script, read in this place.
  } kind;
  std::string name;
};

/// In the order of the script.
std::vector<ScriptCommand> parseLinkerScript(llvm::StringRef text);

} // namespace hotpad::relink

#endif
