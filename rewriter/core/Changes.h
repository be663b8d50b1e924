//===- Changes.h - what becomes of a file -----------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_CHANGES_H
#define HOTPAD_REWRITER_CORE_CHANGES_H

#include "rewriter/core/AddedSection.h"
#include "rewriter/core/MoveMap.h"
#include "rewriter/core/MoveReferences.h"

namespace hotpad {

/// Everything a format's writer has to know, in neutral terms.
struct Changes {
  MoveMap map;
  std::vector<MovedSection> sections; ///< By section index.
  std::vector<uint64_t> alignments;   ///< By section index; 0: as before.
  std::vector<AddedSection> added;
  std::vector<bool> emptied; ///< By section index: contents dropped.
};

} // namespace hotpad

#endif
