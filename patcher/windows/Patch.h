//===- Patch.h - what replaces functions ------------------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_WINDOWS_PATCH_H
#define HOTPAD_PATCHER_WINDOWS_PATCH_H

#include "patcher/windows/Functions.h"
#include <set>

namespace hotpad::windows {

class Patch {
public:
  virtual ~Patch() = default;
  /// Brings it into the process. Nothing of it is left there when this fails.
  virtual void load(Process &process) = 0;
  /// Takes it out again: nothing leads there.
  virtual void unload(Process &process) = 0;
  /// In the process, once it is loaded.
  virtual uint64_t address(const std::string &function) const = 0;
};

/// A DLL, loaded by the process's own loader.
class DllPatch : public Patch {
public:
  /// Fails when the file is no DLL of the right width.
  explicit DllPatch(const std::string &path);

  const std::string &path() const { return file; }
  uint64_t hash() const { return contents; }
  /// Its exports that are code.
  const std::set<std::string> &functions() const { return names; }

  void load(Process &process) override;
  void unload(Process &process) override;
  uint64_t address(const std::string &function) const override;

private:
  std::string file; ///< With all folders.
  patch::PeFile pe;
  uint64_t contents = 0, base = 0;
  std::set<std::string> names;
};

/// Each function by a detour that runs its first instruction and goes on in it:
/// a program that runs as ever under this is one whose functions can all be
/// replaced.
class IdentityPatch : public Patch {
public:
  /// Adds \p function, which must run its own code now. Says why not, when its
  /// first instruction cannot be moved.
  const char *add(const Function &function);
  static std::string nameOf(const Function &function);

  void load(Process &process) override;
  void unload(Process &process) override;
  uint64_t address(const std::string &function) const override;

private:
  struct Moved {
    const Function *function = nullptr;
    std::vector<uint8_t> code; ///< From the site on.
  };
  void loadFor(Process &process, const Image &image,
               const std::vector<const Moved *> &group);

  std::vector<Moved> moved;
  std::map<std::string, uint64_t> addresses;
  std::vector<uint64_t> memory;
};

} // namespace hotpad::windows

#endif
