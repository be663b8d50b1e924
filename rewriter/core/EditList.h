//===- EditList.h - which bytes go where ------------------------*- C++ -*-===//
//
// The only way a section changes. Three kinds of edit:
//
//     insertBeforeLabel(o)   ...previous | NEW | label: old
//     insertAfterLabel(o)    ...previous | label: NEW | old
//     replace(o, n)          the n old bytes at o become other bytes
//
// Passes add edits in any order; `freeze` sorts them, refuses what
// contradicts itself, and gives the map. `apply` writes the new bytes.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_EDITLIST_H
#define HOTPAD_REWRITER_CORE_EDITLIST_H

#include "rewriter/core/OffsetMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace hotpad {

enum class EditKind : uint8_t { BeforeLabel, AfterLabel, Replace };

struct Edit {
  uint64_t offset = 0;
  uint64_t oldSize = 0; ///< 0 for insertions.
  EditKind kind = EditKind::Replace;
  llvm::SmallVector<uint8_t, 16> bytes;

  int64_t growth() const {
    return static_cast<int64_t>(bytes.size()) - static_cast<int64_t>(oldSize);
  }
};

class EditList {
public:
  void insertBeforeLabel(uint64_t offset, llvm::ArrayRef<uint8_t> bytes);
  void insertAfterLabel(uint64_t offset, llvm::ArrayRef<uint8_t> bytes);
  void replace(uint64_t offset, uint64_t oldSize,
               llvm::ArrayRef<uint8_t> bytes);

  bool empty() const { return edits.empty(); }
  /// In the order they were added, or sorted by offset after freeze.
  llvm::ArrayRef<Edit> all() const { return edits; }

  /// Sorts the edits and builds the map for a section of \p oldSize bytes.
  /// Fails when two edits overlap or one runs past the end.
  llvm::Expected<OffsetMap> freeze(uint64_t oldSize);

private:
  llvm::SmallVector<Edit, 0> edits;
};

} // namespace hotpad

#endif
