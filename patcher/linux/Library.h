//===- Library.h - a shared library as a patch ------------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LINUX_LIBRARY_H
#define HOTPAD_PATCHER_LINUX_LIBRARY_H

#include "patcher/linux/Patch.h"

namespace hotpad::live {

/// A library that the program's own loader loads (dlopen).
class LibraryPatch : public Patch {
public:
  /// \p path is absolute, and the same for the process.
  static llvm::Expected<std::unique_ptr<Patch>> read(const Process &process,
                                                     const std::string &path);

  llvm::ArrayRef<std::string> functions() const override { return names; }
  llvm::Error prepare(const Process &process, const Images &images,
                      const Image *home) override;
  llvm::Error load(Process &process, const Images &images,
                   BorrowedThread &thread) override;
  llvm::Error unload(BorrowedThread &thread) override;
  uint64_t address(llvm::StringRef function) const override;

private:
  std::string path;
  std::vector<std::string> names;
  std::unique_ptr<Images> loaded; ///< As they are with it.
  const Image *image = nullptr;
  uint64_t handle = 0, close = 0; ///< What dlopen said; the address of dlclose.
};

} // namespace hotpad::live

#endif
