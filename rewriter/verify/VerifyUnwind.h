//===- VerifyUnwind.h - unwinding, old against new --------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_VERIFY_VERIFYUNWIND_H
#define HOTPAD_REWRITER_VERIFY_VERIFYUNWIND_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/MoveMap.h"

namespace hotpad {

/// Compares every FDE's rows and every exception table of two discovered
/// objects, modulo \p map. Reads them with LLVM's parser of call frames and a
/// parser of exception tables of its own.
llvm::Error verifyUnwind(const Binary &oldBinary, const Binary &newBinary,
                         const MoveMap &map);

} // namespace hotpad

#endif
