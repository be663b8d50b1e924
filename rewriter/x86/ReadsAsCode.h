//===- ReadsAsCode.h - whether bytes may be a function ----------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_X86_READSASCODE_H
#define HOTPAD_REWRITER_X86_READSASCODE_H

#include "rewriter/core/Binary.h"

namespace hotpad::x86 {

/// Whether the bytes at \p place of an image read as code, as far as control
/// flows from there within its section. A pointer into a section with code may
/// be one to data that stands between functions.
bool readsAsCode(const Binary &binary, Place place);

} // namespace hotpad::x86

#endif
