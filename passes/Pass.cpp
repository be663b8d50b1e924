//===- Pass.cpp -----------------------------------------------------------===//

#include "passes/Pass.h"
#include "rewriter/x86/Nops.h"

namespace hotpad {

llvm::SmallVector<uint8_t, 16> PassInput::entryNopBytes() const {
  if (layout.movEdi)
    return {0x8B, 0xFF};
  return x86::nops(binary.arch, entryNop());
}

llvm::ArrayRef<Pass> allPasses() {
  static constexpr Pass kPasses[] = {
      {"guard-looping-entries", guardLoopingEntries},
      {"widen-entries", widenEntries},
      {"keep-loop-alignment", keepLoopAlignment},
      {"pad-functions", padFunctions}, // last: it places what the others grew
  };
  return kPasses;
}

} // namespace hotpad
