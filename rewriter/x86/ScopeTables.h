//===- ScopeTables.h - blocks of __try in 32-bit Windows code ---*- C++ -*-===//
//
// Private to this folder; ScopeTables.cpp explains the whole.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_X86_SCOPETABLES_H
#define HOTPAD_REWRITER_X86_SCOPETABLES_H

#include "rewriter/core/Binary.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <map>
#include <set>
#include <vector>

namespace hotpad::x86 {

/// The scope tables that the code of an image has shown so far. In images of
/// other systems there are none.
class ScopeTables {
public:
  explicit ScopeTables(const Binary &binary);

  /// Looks at the last operand of an instruction: it may be a table's address.
  void note(SectionIndex section, uint64_t offset, unsigned length);

  /// Whether a table has a record of it.
  bool isNamed(Place place) const {
    return blocks.contains({place.section, place.offset});
  }
  /// Whether \p place is a block of the function around it, by all that names
  /// it. What it answers may change when more functions are known.
  bool isBlock(Place place) const;
  /// Whether what \p callers call at \p target is a __finally of theirs.
  bool isCalledBlock(Place target, llvm::ArrayRef<Place> callers) const;
  /// All places that tables name, in the order of the image.
  std::vector<Place> named() const;

private:
  using PlaceKey = std::pair<SectionIndex, uint64_t>;
  /// What names a block.
  struct Named {
    PlaceKey record;
    bool isFinally;
  };

  void readTable(Place table);
  Place codeAt(Place field) const;
  bool isRelocated(Place field) const;
  bool belongsTo(PlaceKey record, const Function &function) const;

  const Binary &binary;
  bool areThere;
  llvm::DenseMap<PlaceKey, unsigned> pointers; ///< To a place: how many.
  std::map<PlaceKey, llvm::SmallVector<Place, 2>> users; ///< By table.
  std::map<PlaceKey, llvm::SmallVector<Named, 2>> blocks;
  std::set<PlaceKey> recordsRead;
};

} // namespace hotpad::x86

#endif
