//===- Debug.h - debug information, refused or dropped ----------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ELF_DEBUG_H
#define HOTPAD_REWRITER_ELF_DEBUG_H

#include "rewriter/elf/Object.h"

namespace hotpad::elf {

/// An error when the object has debug sections.
llvm::Error refuseDebug(const Object &object);

/// Drops the contents of the debug sections and of their relocations (their
/// numbers stay, since other tables count sections). By section: dropped.
std::vector<bool> dropDebug(Object &object);

} // namespace hotpad::elf

#endif
