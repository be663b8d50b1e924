//===- Roots.h - where the loader leads into code ---------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ELF_ROOTS_H
#define HOTPAD_REWRITER_ELF_ROOTS_H

#include "rewriter/elf/Object.h"

namespace hotpad::elf {

/// Fills Binary::roots of an image: its entry point, what the dynamic section
/// names as constructors and destructors, and pointers that are relocated.
void findRoots(Object &object);

} // namespace hotpad::elf

#endif
