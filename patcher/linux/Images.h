//===- Images.h - the program and libraries of a process --------*- C++ -*-===//
//
// An image is found by its mappings, and everything about it is read from its
// file: the very file that is mapped, which is made sure of by its inode and by
// the build ID that is in memory. Addresses are those in the process.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LINUX_IMAGES_H
#define HOTPAD_PATCHER_LINUX_IMAGES_H

#include "patcher/linux/Process.h"
#include "llvm/Support/MemoryBuffer.h"

namespace hotpad::live {

struct ImageSymbol {
  llvm::StringRef name;
  uint64_t address = 0, size = 0;
  uint8_t type = 0; ///< STT_*
  bool isLocal = false;
  bool isExported = false; ///< In the dynamic symbol table.
};

struct Image {
  std::string path;
  uint64_t bias = 0;          ///< Address in the process - address in the file.
  uint64_t low = 0, high = 0; ///< Its mappings.
  bool isProgram = false;
  bool isDeleted = false; ///< Another file, or none, has its name by now.
  bool hasSlots = false;  ///< It was made hot-patchable.
  bool isStripped = true; ///< Without symbol table, but for the dynamic one.
  std::unique_ptr<llvm::MemoryBuffer> file;
  std::unique_ptr<llvm::MemoryBuffer> twin; ///< Where its symbols are from.
  /// Defined ones, of both symbol tables; of several versions the default.
  std::vector<ImageSymbol> symbols;

  llvm::ArrayRef<uint8_t> bytes() const;
  bool covers(uint64_t address) const {
    return address >= low && address < high;
  }
  const ImageSymbol *exported(llvm::StringRef name) const;
  /// The function that \p address begins, or nothing.
  const ImageSymbol *functionAt(uint64_t address) const;
};

class Images {
public:
  /// Images whose file cannot be read are left out; `unread` says why.
  static llvm::Expected<Images> read(const Process &process);
  /// Takes the symbol table of an image from \p path, its twin (Twin.h).
  llvm::Error takeSymbols(const Process &process, llvm::StringRef path);

  llvm::ArrayRef<std::unique_ptr<Image>> all() const { return images; }
  llvm::ArrayRef<std::string> unread() const { return problems; }
  const Image *at(uint64_t address) const;
  /// The exported definition that the loader would find first.
  const ImageSymbol *exported(llvm::StringRef name,
                              const Image **owner = nullptr) const;
  /// The image of the file at \p path, as the process sees it.
  const Image *byFile(llvm::StringRef path, const Process &process) const;
  /// For messages of names that are missing: whose may be in a file that
  /// nobody has named.
  std::string missingSymbols() const;
  /// Whether \p address is in an image with malloc or the loader.
  bool mayHoldLocks(uint64_t address) const;

private:
  std::vector<std::unique_ptr<Image>> images;
  std::vector<std::string> problems;
  std::string loader;
};

} // namespace hotpad::live

#endif
