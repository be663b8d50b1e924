//===- Apply.cpp ----------------------------------------------------------===//

#include "rewriter/core/Apply.h"

namespace hotpad {

std::vector<uint8_t> applyEdits(llvm::ArrayRef<uint8_t> oldBytes,
                                const EditList &edits) {
  int64_t growth = 0;
  for (const Edit &edit : edits.all())
    growth += edit.growth();
  std::vector<uint8_t> out;
  out.reserve(oldBytes.size() + static_cast<size_t>(growth));
  uint64_t done = 0;
  for (const Edit &edit : edits.all()) {
    out.insert(out.end(), oldBytes.begin() + done,
               oldBytes.begin() + edit.offset);
    out.insert(out.end(), edit.bytes.begin(), edit.bytes.end());
    done = edit.offset + edit.oldSize;
  }
  out.insert(out.end(), oldBytes.begin() + done, oldBytes.end());
  return out;
}

} // namespace hotpad
