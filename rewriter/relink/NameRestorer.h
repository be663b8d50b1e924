//===- NameRestorer.h - the old names in what LLD prints --------*- C++ -*-===//
//
// LLD knows a rewritten object as /dev/shm/hotpad-XXXXXX/12/foo.o. A person who
// reads its messages or its map knows src/foo.o, and a build system that reads
// its dependency file would look for a file that is gone and link again, every
// time. So the path is put back wherever it shows up:
//
//     ld.lld: error: undefined symbol: bar
//     >>> referenced by /dev/shm/hotpad-Yc81Bf/12/foo.o:(.text+0x5)
//                       ^^^^^^^^^^^^^^^^^^^^^^ ^^ ^^^^^
//                       directory              |  base name of input 12
//
// The number selects the input, so there is no search and no ambiguity.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_NAMERESTORER_H
#define HOTPAD_REWRITER_RELINK_NAMERESTORER_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace hotpad::relink {

/// How LLD writes a path.
enum class PathStyle {
  Plain,   ///< As it was asked for.
  MakeRule ///< In a dependency file: without . and .., quoted for make.
};
std::string spellPath(llvm::StringRef path, PathStyle style);

class NameRestorer {
public:
  /// Takes \p directory/<i>/<base name of the temporary file> for originals[i];
  /// \p temporaries[i] is empty when there is no such file.
  NameRestorer(llvm::StringRef directory, std::vector<std::string> temporaries,
               std::vector<std::string> originals);

  std::string restore(llvm::StringRef text,
                      PathStyle style = PathStyle::Plain) const;

  /// Restores the names in a text file that LLD wrote. Does nothing when there
  /// is no regular file \p path.
  llvm::Error restoreFile(llvm::StringRef path, PathStyle style) const;

private:
  std::string directory;
  std::vector<std::string> temporaries;
  std::vector<std::string> originals;
};

/// Passes text on to \p target line by line, names restored.
class NameRestoringStream : public llvm::raw_ostream {
public:
  NameRestoringStream(const NameRestorer &names, llvm::raw_ostream &target);
  ~NameRestoringStream() override;

  bool is_displayed() const override { return target.is_displayed(); }
  bool has_colors() const override { return target.has_colors(); }

private:
  void write_impl(const char *data, size_t size) override;
  uint64_t current_pos() const override { return position; }

  const NameRestorer &names;
  llvm::raw_ostream &target;
  std::string line;
  uint64_t position = 0;
};

} // namespace hotpad::relink

#endif
