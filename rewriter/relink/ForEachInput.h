//===- ForEachInput.h - inputs in parallel, errors in order -----*- C++ -*-===//
//
// A link has many small objects and, often, one archive that outweighs all of
// them. Parallel over the inputs alone would leave every thread but one idle
// while that archive is worked on, and LLVM's parallelFor does not nest: inside
// a parallel loop the archive's members would be worked on one by one.
//
// So an input that is more than one thread's share of the total goes first, by
// itself, with all threads free for its members. The rest goes in parallel.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_FOREACHINPUT_H
#define HOTPAD_REWRITER_RELINK_FOREACHINPUT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <cstdint>

namespace hotpad::relink {

/// Calls \p work(i) once for every i of \p sizes (in bytes), concurrently.
/// \returns the errors of all calls, joined in the order of the inputs.
llvm::Error forEachInput(llvm::ArrayRef<uint64_t> sizes,
                         llvm::function_ref<llvm::Error(size_t)> work);

} // namespace hotpad::relink

#endif
