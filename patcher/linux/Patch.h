//===- Patch.h - what brings new functions into a process -------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LINUX_PATCH_H
#define HOTPAD_PATCHER_LINUX_PATCH_H

#include "patcher/linux/BorrowedThread.h"
#include "patcher/linux/Images.h"

namespace hotpad::live {

/// A shared library (Library.h) or an object file (object/ObjectPatch.h).
class Patch {
public:
  virtual ~Patch() = default;

  /// Names of the functions that may replace others.
  virtual llvm::ArrayRef<std::string> functions() const = 0;
  /// Checks all that can be checked before the process has anything of the
  /// patch, which replaces functions of \p home (null: of several images).
  virtual llvm::Error prepare(const Process &process, const Images &images,
                              const Image *home) = 0;
  /// Brings it into the process. Nothing of the program leads to it yet.
  virtual llvm::Error load(Process &process, const Images &images,
                           BorrowedThread &thread) = 0;
  /// Takes it out again, before anything leads to it.
  virtual llvm::Error unload(BorrowedThread &thread) = 0;
  /// Where \p function is, after that; 0: nowhere.
  virtual uint64_t address(llvm::StringRef function) const = 0;
};

} // namespace hotpad::live

#endif
