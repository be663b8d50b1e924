//===- OutputFile.h - whole files or none -----------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_TOOL_OUTPUTFILE_H
#define HOTPAD_REWRITER_TOOL_OUTPUTFILE_H

#include "rewriter/core/FileBytes.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include <optional>
#include <string>
#include <vector>

namespace hotpad {

/// A file that appears whole or not at all: written to a temporary beside its
/// place, renamed by commit(). Dropped without commit it leaves nothing.
class PendingFile {
public:
  /// Writes \p bytes with the permissions of the file \p like (if it exists).
  static llvm::Expected<PendingFile>
  write(llvm::StringRef path, const FileBytes &bytes, llvm::StringRef like);
  PendingFile(PendingFile &&) = default;
  PendingFile &operator=(PendingFile &&) = default;
  ~PendingFile();

  llvm::Error commit();

private:
  PendingFile() = default;
  std::string path;
  std::optional<llvm::sys::fs::TempFile> temporary;
  /// For what cannot be renamed over: a device, a pipe.
  std::vector<uint8_t> direct;
};

} // namespace hotpad

#endif
