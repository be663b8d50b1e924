//===- LoadedPointers.h - what the loader fills in --------------*- C++ -*-===//
//
// The dynamic relocations of an image, in one form: an address, and either the
// pointer that will be there (relative to where the image is loaded), or that
// it depends on a symbol.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_ELF_LOADEDPOINTERS_H
#define HOTPAD_REWRITER_ELF_LOADEDPOINTERS_H

#include "rewriter/elf/Object.h"
#include "llvm/ADT/DenseMap.h"

namespace hotpad::elf {

struct LoadedPointer {
  uint64_t place = 0;     ///< Address of the field.
  uint64_t value = 0;     ///< Old address that it leads to, or the addend.
  bool isSymbol = false;  ///< `value` is added to a dynamic symbol.
  SectionIndex table = 0; ///< That it stands in.
  uint64_t addendAt = 0;  ///< Offset of the addend in `table`; 0: in place.
  uint32_t symbol = 0;    ///< A dynamic symbol's number.
};

class LoadedPointers {
public:
  explicit LoadedPointers(const Object &object);

  llvm::ArrayRef<LoadedPointer> all() const { return pointers; }
  /// The pointer that will be at \p address, when no symbol decides it.
  std::optional<uint64_t> valueAt(uint64_t address) const;
  bool hasSymbolAt(uint64_t address) const;

private:
  void readTable(SectionIndex index);
  void readPacked(SectionIndex index);
  void add(LoadedPointer pointer);
  std::optional<uint64_t> wordAt(uint64_t address) const;

  const Object &object;
  const Binary &binary;
  std::vector<LoadedPointer> pointers;
  llvm::DenseMap<uint64_t, size_t> byPlace;
};

} // namespace hotpad::elf

#endif
