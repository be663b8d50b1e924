//===- BranchRelax.h - short branches that must grow ------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_X86_BRANCHRELAX_H
#define HOTPAD_REWRITER_X86_BRANCHRELAX_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/MoveMap.h"

namespace hotpad::x86 {

/// The references of \p section that are short branches and do not reach under
/// \p map, as offsets of their opcodes, ascending. Those in \p grown (sorted)
/// have grown already.
std::vector<uint64_t> findUnreachable(const Binary &binary,
                                      SectionIndex section,
                                      const OffsetMap &map,
                                      llvm::ArrayRef<GrownBranch> grown);

/// Replaces the short branch at \p opcode by its long form.
GrownBranch growBranch(llvm::ArrayRef<uint8_t> code, uint64_t opcode,
                       EditList &edits);

} // namespace hotpad::x86

#endif
