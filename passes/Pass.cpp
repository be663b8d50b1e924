//===- Pass.cpp -----------------------------------------------------------===//

#include "passes/Pass.h"

namespace hotpad {

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
