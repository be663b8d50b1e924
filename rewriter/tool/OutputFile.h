//===- OutputFile.h - whole files or none -----------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_TOOL_OUTPUTFILE_H
#define HOTPAD_REWRITER_TOOL_OUTPUTFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace hotpad {

/// Writes to a temporary file beside \p path and renames it, with the
/// permissions of \p like: nobody ever sees half a file.
llvm::Error writeWholeFile(llvm::StringRef path, llvm::ArrayRef<uint8_t> bytes,
                           llvm::StringRef like);

} // namespace hotpad

#endif
