//===- VerifyContract.h - what was made hot-patchable is --------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_VERIFYCONTRACT_H
#define HOTPAD_REWRITER_VERIFYCONTRACT_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/Config.h"

namespace hotpad {

/// Reads and decodes \p bytes, the new image of \p before, from scratch, as
/// `hotpad check` does: \p patchable functions or more have to conform.
llvm::Error verifyContract(const Binary &before, llvm::ArrayRef<uint8_t> bytes,
                           const Config &config, uint64_t patchable);

} // namespace hotpad

#endif
