//===- Translation.h - what LLD's MinGW driver made of arguments -*- C++
//-*-===//
#ifndef HOTPAD_REWRITER_RELINK_TRANSLATION_H
#define HOTPAD_REWRITER_RELINK_TRANSLATION_H

#include "llvm/ADT/ArrayRef.h"
#include <optional>
#include <string>
#include <vector>

namespace hotpad::relink {

/// The -m of a GNU command line, response files already expanded: i386pe,
/// elf_x86_64, ...; empty when there is none.
std::string targetOf(llvm::ArrayRef<std::string> args);

/// The arguments for lld-link in what the driver has printed for -###, or none
/// when it has not translated. It prints them with blanks between and without
/// quotes: where \p args, which it was given, have blanks in them, as many
/// words as make the name of a file are one argument.
std::optional<std::vector<std::string>>
readTranslation(llvm::StringRef printed, llvm::ArrayRef<std::string> args);

} // namespace hotpad::relink

#endif
