//===- InPlace.h - C1 to C3 where a function is -----------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_INPLACE_H
#define HOTPAD_REWRITER_CORE_INPLACE_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/Layout.h"

namespace hotpad {

/// The rules that bytes alone decide (C1 pad, C2 site, C3 no way in), of a
/// discovered function.
struct InPlace {
  bool pad = false, site = false, noWayIn = false;
  bool all() const { return pad && site && noWayIn; }
};

/// Whether the patch site is the function's: behind an endbr, code that control
/// cannot reach may be left out altogether, and something else begins.
bool ownsSite(const Binary &binary, const Function &function);

InPlace rulesInPlace(const Binary &binary, const Function &function,
                     const Layout &layout);

} // namespace hotpad

#endif
