//===- Forwards.h - entries that lead to new code ---------------*- C++ -*-===//
//
// In a rewritten image the old entry of a function may be nothing but a jump to
// its copy, and the copy is what gets patched. Whoever made the image, this is
// seen in its bytes alone: the entry jumps to a listed entry that no symbol
// names, in another section. Or the first instructions of a function stand in
// another section, from where control comes back: it is patched where it is.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CONTRACT_FORWARDS_H
#define HOTPAD_REWRITER_CONTRACT_FORWARDS_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/PatchLists.h"
#include "llvm/ADT/DenseMap.h"

namespace hotpad {

/// Number of a function in Binary::functions -> number of its copy.
llvm::DenseMap<size_t, size_t> findForwards(const Binary &binary,
                                            const PatchLists &lists);

/// Where the first instructions of \p function stand that its entry jumps to
/// and that lead back; section 0: it begins with them.
Place displacedEntry(const Binary &binary, const Function &function);

} // namespace hotpad

#endif
