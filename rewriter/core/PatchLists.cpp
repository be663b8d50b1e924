//===- PatchLists.cpp -----------------------------------------------------===//

#include "rewriter/core/PatchLists.h"
#include "llvm/ADT/STLExtras.h"

namespace hotpad {

void PatchLists::sort() {
  llvm::sort(entries, before);
  llvm::sort(patchable, before);
}

void PatchLists::addSlots(const Section &section, Arch arch) {
  unsigned width = pointerSize(arch);
  bool isZero = section.noBits || llvm::all_of(section.bytes, [](uint8_t byte) {
                  return byte == 0;
                });
  if (!section.writable || section.executable || !isZero ||
      section.alignment < width)
    return;
  slots += section.size / width;
  slotRanges.push_back({section.address, section.address + section.size});
}

} // namespace hotpad
