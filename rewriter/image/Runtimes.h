//===- Runtimes.h - runtimes that know code by its address ------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_IMAGE_RUNTIMES_H
#define HOTPAD_REWRITER_IMAGE_RUNTIMES_H

#include "rewriter/core/Binary.h"
#include <optional>

namespace hotpad::image {

/// Why the image must stay as it is, when it was made by a compiler whose
/// runtime has tables of its own about the code.
std::optional<llvm::StringRef> runtimeInTheWay(const Binary &binary);

/// Whether a part of the image's code is known to a runtime by its address,
/// code that has no unwinding records or none as compilers make.
bool hasCodeKnownByAddress(const Binary &binary);

} // namespace hotpad::image

#endif
