//===- ImageReader.h - PE images --------------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_COFF_IMAGEREADER_H
#define HOTPAD_REWRITER_COFF_IMAGEREADER_H

#include "rewriter/core/Content.h"
#include "rewriter/core/ObjectFile.h"
#include <memory>

namespace hotpad::coff {

/// Image for anything with the signatures of a PE file; what machine it is for
/// only reading says.
Content recogniseImage(llvm::ArrayRef<uint8_t> bytes);

/// Reads a PE32 or PE32+ image for x86 or x86-64. Fails for other machines, for
/// images of managed code, and for \p mode Object.
llvm::Expected<std::unique_ptr<ObjectFile>>
readImage(llvm::ArrayRef<uint8_t> file, std::string name,
          Mode mode = Mode::Image);

} // namespace hotpad::coff

#endif
