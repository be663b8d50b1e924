//===- GuardLoopingEntries.cpp --------------------------------------------===//
//
// A function whose first instruction is the head of a loop would, once patched,
// send every round of the loop to the replacement (contract C3):
//
//     f:  lock decl (%rdi)        f:  xchg %ax, %ax     <- patch site
//         ...                         lock decl (%rdi)
//         jg f                        ...
//                                     jg f+2
//
// A 2-byte NOP before the loop gives the patch a place of its own; jumps from
// inside map to the old first byte (Side::Byte). It also cures a jump onto the
// second byte of the first instruction (which skips a `lock` prefix).
//
//===----------------------------------------------------------------------===//

#include "passes/Pass.h"
#include "rewriter/x86/Nops.h"

namespace hotpad {

llvm::Error guardLoopingEntries(const PassInput &input, EditList &edits) {
  if (input.entryNop() != 0) // widenEntries puts one at every entry
    return llvm::Error::success();
  for (const Function &function : input.functions) {
    if (function.skip != SkipReason::None)
      continue;
    unsigned length = input.code().code.length(function.site);
    if (function.branchToSite || (function.branchIntoSite && length > 1))
      edits.insertAfterLabel(function.site, x86::kEntryNop);
  }
  return llvm::Error::success();
}

} // namespace hotpad
