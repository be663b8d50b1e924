//===- MemoryFiles.h - bytes another library can open -----------*- C++ -*-===//
//
// LLD opens its inputs by path; there is no way to hand it a buffer. A memfd is
// a file that lives in memory, and /proc/self/fd/N is its path:
//
//     /dev/shm/hotpad-XXXXXX/     mode 0700
//       0/crt1.o        ->  /proc/self/fd/17      (memfd)
//       1/libsqlite3.a  ->  /proc/self/fd/18
//
// The symlink is there for its name: LLD takes names from paths, for messages,
// maps and the patterns of linker scripts (*crtbegin.o). The number makes equal
// base names different and says which input it is. The directory is in /dev/shm
// where there is one: thousands of links on a disk take seconds.
//
// Refused: the files themselves in /dev/shm, which containers limit to 64 MB.
// Inputs beyond the number of descriptors the process may have, or all of them
// where memfd_create or /proc is missing, are spilled to files in $TMPDIR, and
// the links lead there.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_MEMORYFILES_H
#define HOTPAD_REWRITER_RELINK_MEMORYFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <mutex>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace hotpad::relink {

class MemoryFiles {
public:
  /// Makes the directory, and room for \p count files.
  static llvm::Expected<std::unique_ptr<MemoryFiles>> create(size_t count);

  /// Removes all files and the directory.
  ~MemoryFiles();
  MemoryFiles(const MemoryFiles &) = delete;
  MemoryFiles &operator=(const MemoryFiles &) = delete;

  /// File number \p index (below count, each once) with the base name of
  /// \p name and a copy of \p bytes. Can be called concurrently.
  llvm::Error add(size_t index, llvm::StringRef name, llvm::StringRef bytes);

  /// The path of file number \p index; empty when it was not added. Has no
  /// '=' in it, which options of LLD cannot express.
  llvm::StringRef path(size_t index) const { return files[index].path; }

  /// Absolute, without a slash at the end.
  llvm::StringRef directory() const { return root; }

private:
  struct File {
    std::string path;
    std::string spilled; ///< Where the link leads if not to the descriptor.
    int descriptor = -1;
  };

  MemoryFiles() = default;
  void reserveDescriptors(size_t count);
  bool addInMemory(File &file, llvm::StringRef bytes);
  llvm::Error spill(File &file, size_t index, llvm::StringRef bytes);

  std::string root;
  std::string spillRoot; ///< Made when first needed.
  std::mutex spillMutex;
  std::vector<File> files;
  size_t descriptorBudget = 0;
  bool limitRaised = false;
  rlimit oldLimit = {};
};

} // namespace hotpad::relink

#endif
