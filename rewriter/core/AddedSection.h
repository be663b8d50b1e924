//===- AddedSection.h - sections that hotpad appends ------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_ADDEDSECTION_H
#define HOTPAD_REWRITER_CORE_ADDEDSECTION_H

#include "rewriter/core/OffsetMap.h"
#include <vector>

namespace hotpad {

enum class AddedKind : uint8_t {
  Slots,          ///< Zero-filled cells for pointers (contract C4).
  EntryList,      ///< 4-byte self-relative offsets of entries (contract C5).
  PatchableList,  ///< Pointers to what -fpatchable-function-entry lists.
  CompilerRecord, ///< .debug$S that lets the linker make pads.
};

struct AddedSection {
  AddedKind kind;
  SectionIndex linkedTo = 0;     ///< Code section; dropped together with it.
  uint64_t slots = 0;            ///< Slots: how many.
  std::vector<NewOffset> places; ///< Lists: where, in `linkedTo`.
  std::vector<uint8_t> bytes;    ///< CompilerRecord: contents.
};

} // namespace hotpad

#endif
