//===- ReadRelocations.h - relocation tables of objects ---------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ELF_READRELOCATIONS_H
#define HOTPAD_REWRITER_ELF_READRELOCATIONS_H

#include "rewriter/elf/Object.h"

namespace hotpad::elf {

/// Reads the relocations of all sections (gABI, "Relocation") into the sections
/// they apply to. Sections and symbols are read already. Fails for a type or a
/// kind of table that is not known, and for fields outside their section or
/// one inside another.
llvm::Error readRelocations(Object &object);

} // namespace hotpad::elf

#endif
