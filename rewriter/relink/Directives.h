//===- Directives.h - the libraries an object asks for ----------*- C++ -*-===//
//
// The section .drectve of a COFF object holds arguments for the linker, and
// among them the libraries that the program needs: `#pragma comment(lib, ...)`
// and the C runtime of /MD or /MT come into a link in no other way.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_DIRECTIVES_H
#define HOTPAD_REWRITER_RELINK_DIRECTIVES_H

#include "llvm/Support/MemoryBufferRef.h"
#include <string>
#include <vector>

namespace hotpad::relink {

/// The names in /defaultlib directives of an object, or of all members of an
/// archive: which of these will be linked, only the linker knows. What cannot
/// be read has none; LLD reads it next and says what is wrong.
std::vector<std::string> defaultLibrariesOf(llvm::MemoryBufferRef input);

} // namespace hotpad::relink

#endif
