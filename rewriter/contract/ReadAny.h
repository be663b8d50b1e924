//===- ReadAny.h - private to this folder -----------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CONTRACT_READANY_H
#define HOTPAD_REWRITER_CONTRACT_READANY_H

#include "rewriter/formats/Formats.h"

namespace hotpad {

/// Reads an object or an image, whichever \p bytes are.
llvm::Expected<std::unique_ptr<ObjectFile>>
readAny(llvm::ArrayRef<uint8_t> bytes, std::string name);

} // namespace hotpad

#endif
