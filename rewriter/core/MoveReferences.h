//===- MoveReferences.h - the one function that moves references -*- C++
//-*-===//
#ifndef HOTPAD_REWRITER_CORE_MOVEREFERENCES_H
#define HOTPAD_REWRITER_CORE_MOVEREFERENCES_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/MoveMap.h"

namespace hotpad {

/// One section after the move.
struct MovedSection {
  bool bytesChanged = false;
  std::vector<uint8_t> bytes; ///< New contents, when changed.
  bool relocationsChanged = false;
  std::vector<Relocation> relocations; ///< New ones, when changed.
};

/// Moves every reference of \p section: fields without relocation in
/// \p moved.bytes (which holds the edited bytes already when the section was
/// edited), and offsets and addends of relocations.
/// \p grown lists the branches of this section that changed their form, by
/// ascending offset. Fails when a value does not fit its field.
llvm::Error moveReferences(const Binary &binary, SectionIndex section,
                           const MoveMap &map,
                           llvm::ArrayRef<GrownBranch> grown,
                           MovedSection &moved);

/// How far the symbol moves: section symbols never do.
int64_t symbolDelta(const Symbol &symbol, const MoveMap &map);

} // namespace hotpad

#endif
