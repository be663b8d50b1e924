//===- FindSources.h - where functions are known from -----------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_DISCOVER_FINDSOURCES_H
#define HOTPAD_REWRITER_DISCOVER_FINDSOURCES_H

#include "rewriter/core/Binary.h"

namespace hotpad {

/// For each function of \p binary, by its number: all that says it is one.
std::vector<Sources> findSources(const Binary &binary);

} // namespace hotpad

#endif
