//===- IdentityPatch.h - every function, by itself --------------*- C++ -*-===//
//
// A patch that changes nothing: each function is replaced by a detour
// (Detour.h) that leads back into it. A program that runs as ever under it is
// one whose functions can all be replaced. The detours may also count calls,
// each in 8 bytes of its own.
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
  explicit IdentityPatch(bool counts = false) : counts(counts) {}

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

  /// A function, and how often it was entered since load().
  using Calls = std::pair<const LiveFunction *, uint64_t>;
  llvm::Expected<std::vector<Calls>> readCalls(const Process &process) const;

private:
  struct Moved {
    const LiveFunction *function = nullptr;
    std::vector<uint8_t> code; ///< From the site on.
  };
  /// The detours of an image's functions, and behind them what they count in.
  struct Group {
    std::vector<const Moved *> moved;
    uint64_t address = 0, codeSize = 0, counterSize = 0;
  };
  llvm::Error loadGroup(Process &process, BorrowedThread &thread,
                        const Image &image, Group &group);

  bool counts;
  std::vector<Moved> moved;
  std::vector<std::string> names;
  llvm::StringMap<uint64_t> addresses;
  std::vector<Group> groups;
};

} // namespace hotpad::live

#endif
