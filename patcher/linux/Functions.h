//===- Functions.h - the patchable functions of a process -------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LINUX_FUNCTIONS_H
#define HOTPAD_PATCHER_LINUX_FUNCTIONS_H

#include "patcher/core/Plan.h"
#include "patcher/linux/Images.h"
#include "llvm/ADT/DenseMap.h"

namespace hotpad::live {

/// A function of a hot-patchable image.
struct LiveFunction {
  std::string name;
  const Image *image = nullptr;
  patch::Place place;    ///< Addresses in the process.
  uint64_t oldEntry = 0; ///< Where its name leads: `entry`, or a jump to it.
  unsigned broken = 0;   ///< As CheckedFunction has it.
  bool runsThroughPad = false; ///< Code may run into it from before.
  std::string where;           ///< For messages: file, section, offset, name.
};

class Functions {
public:
  /// Checks every image that has slots, from its file.
  static llvm::Expected<Functions> read(const Process &process,
                                        const Images &images);

  llvm::ArrayRef<LiveFunction> all() const { return functions; }
  /// The only function that \p name means: a name, or an address in its file as
  /// in `0x1234`. Fails when it is none, several, or of an image without slots.
  llvm::Expected<const LiveFunction *> find(llvm::StringRef name) const;
  /// The one at \p address, its old entry or its own; or nothing.
  const LiveFunction *at(uint64_t address) const;

  /// Reads what the process holds there now.
  llvm::Expected<patch::State> state(const LiveFunction &function) const;
  bool isSlot(const Image &image, uint64_t address) const;
  /// The free slots of \p image.
  llvm::Expected<patch::Slots> slots(const Image &image) const;

private:
  Functions(const Process &process, const Images &images)
      : process(process), images(images) {}

  const Process &process;
  const Images &images;
  std::vector<LiveFunction> functions;
  llvm::DenseMap<uint64_t, size_t> byAddress;
  /// Addresses in the process.
  llvm::DenseMap<const Image *, std::vector<std::pair<uint64_t, uint64_t>>>
      slotRanges;
};

} // namespace hotpad::live

#endif
