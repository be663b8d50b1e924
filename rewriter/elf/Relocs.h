//===- Relocs.h - what each relocation type says ----------------*- C++ -*-===//
//
// One row a type, from the x86-64 psABI (version 1.0, table 4.9, with the
// CODE_*_* types of the APX addendum) and the i386 psABI (version 1.1, table
// 4.9).
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_ELF_RELOCS_H
#define HOTPAD_REWRITER_ELF_RELOCS_H

#include "rewriter/core/Arch.h"

namespace hotpad::elf {

struct RelocationType {
  uint32_t type;
  uint8_t width;         ///< Bytes of the field.
  bool pcRelative;       ///< S + A - P.
  bool namesPlace;       ///< S + A is a place (see Relocation::namesPlace).
  uint32_t wideType = 0; ///< See Relocation::wideType.
};

/// nullptr for a type the psABI does not define for relocatable files.
const RelocationType *findRelocation(Arch arch, uint32_t type);

} // namespace hotpad::elf

#endif
