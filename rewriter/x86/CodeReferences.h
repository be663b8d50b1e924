//===- CodeReferences.h - decode the code, find what it refers to -*- C++
//-*-===//
#ifndef HOTPAD_REWRITER_X86_CODEREFERENCES_H
#define HOTPAD_REWRITER_X86_CODEREFERENCES_H

#include "rewriter/core/Binary.h"

namespace hotpad::x86 {

/// Decodes all code of \p binary that anything leads to, fills CodeMap and the
/// references of every section, and adds functions that only calls reveal.
/// Call findFunctions before.
void findCodeReferences(Binary &binary);

} // namespace hotpad::x86

#endif
