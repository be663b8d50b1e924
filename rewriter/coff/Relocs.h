//===- Relocs.h - what each relocation type says ----------------*- C++ -*-===//
//
// One row a type and machine, from Microsoft's "PE Format", section "COFF
// Relocations".
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_COFF_RELOCS_H
#define HOTPAD_REWRITER_COFF_RELOCS_H

#include "rewriter/core/Arch.h"

namespace hotpad::coff {

struct RelocationType {
  uint16_t type;
  uint8_t width;   ///< Bytes of the field.
  bool pcRelative; ///< S + A - (end of the field + `behind`).
  bool namesPlace; ///< See Relocation::namesPlace.
  uint8_t behind;  ///< Bytes of the instruction behind the field.
};

/// nullptr for a type that objects for \p arch do not have.
const RelocationType *findRelocation(Arch arch, uint16_t type);

} // namespace hotpad::coff

#endif
