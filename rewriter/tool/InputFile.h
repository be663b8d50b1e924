//===- InputFile.h - the files a command line names -------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_TOOL_INPUTFILE_H
#define HOTPAD_REWRITER_TOOL_INPUTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace hotpad {

/// Reads all of \p path. Devices, which may have no end, are refused.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readInput(llvm::StringRef path);

/// Whether \p a and \p b are one file, or would be once they are written.
bool isSamePlace(llvm::StringRef a, llvm::StringRef b);

} // namespace hotpad

#endif
