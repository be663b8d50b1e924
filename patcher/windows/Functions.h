//===- Functions.h - the hot-patchable functions of a process ---*- C++ -*-===//
#ifndef HOTPAD_PATCHER_WINDOWS_FUNCTIONS_H
#define HOTPAD_PATCHER_WINDOWS_FUNCTIONS_H

#include "patcher/windows/Images.h"
#include <map>

namespace hotpad::windows {

struct Function {
  std::string name; ///< Or its RVA, as `rva:0x1234`.
  const Image *image = nullptr;
  patch::Place place;          ///< Addresses in the process.
  uint32_t rva = 0;            ///< Where its name leads.
  const char *lacks = nullptr; ///< Why it cannot be patched; null: it can be.
  std::string where() const;   ///< For messages.
};

class Functions {
public:
  explicit Functions(const Process &process, const Images &images);

  const std::vector<Function> &all() const { return functions; }
  /// The only function that \p name means: a name or `rva:0x1234`, and before
  /// that, if need be, the module: `some.dll!name`.
  const Function &find(const std::string &name) const;
  bool isKnown(const std::string &name) const { return names.count(name) != 0; }

  patch::State state(Process &process, const Function &function) const;
  /// The free slots of \p image.
  patch::Slots slots(Process &process, const Image &image) const;

private:
  void addNames(const Image &image, size_t first);

  const Process &process;
  const Images &images;
  std::vector<Function> functions;
  struct Named {
    const Image *image = nullptr;
    size_t function = 0; ///< `npos`: not among the hot-patchable ones.
    uint32_t rva = 0;
  };
  static constexpr size_t npos = ~size_t(0);
  std::multimap<std::string, Named> names;
};

} // namespace hotpad::windows

#endif
