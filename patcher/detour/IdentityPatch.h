//===- IdentityPatch.h - every function, by itself --------------*- C++ -*-===//
//
// A patch that changes nothing: each function is replaced by a detour
// (Detour.h) that leads back into it. A program that runs as ever under it is
// one whose functions can all be replaced.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_DETOUR_IDENTITYPATCH_H
#define HOTPAD_PATCHER_DETOUR_IDENTITYPATCH_H

#include "patcher/linux/Functions.h"
#include "patcher/linux/Patch.h"
#include "llvm/ADT/StringMap.h"

namespace hotpad::live {

class IdentityPatch : public Patch {
public:
  /// Adds \p function, which must run its own code now. Fails when its first
  /// instruction cannot be moved.
  llvm::Error add(const Process &process, const LiveFunction &function);
  /// What stands for a function's detour in functions().
  static std::string nameOf(const LiveFunction &function);

  llvm::ArrayRef<std::string> functions() const override { return names; }
  llvm::Error prepare(const Process &, const Images &, const Image *) override {
    return llvm::Error::success();
  }
  llvm::Error load(Process &process, const Images &images,
                   BorrowedThread &thread) override;
  llvm::Error unload(BorrowedThread &thread) override;
  uint64_t address(llvm::StringRef function) const override {
    return addresses.lookup(function);
  }

private:
  struct Moved {
    const LiveFunction *function = nullptr;
    std::vector<uint8_t> code; ///< From the site on.
  };
  std::vector<Moved> moved;
  std::vector<std::string> names;
  llvm::StringMap<uint64_t> addresses;
  std::vector<std::pair<uint64_t, uint64_t>> memory; ///< Addresses and sizes.
};

} // namespace hotpad::live

#endif
