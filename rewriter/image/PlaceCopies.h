//===- PlaceCopies.h - where copies lie, what leads to them -----*- C++ -*-===//
#ifndef HOTPAD_REWRITER_IMAGE_PLACECOPIES_H
#define HOTPAD_REWRITER_IMAGE_PLACECOPIES_H

#include "rewriter/image/Plan.h"

namespace hotpad::image {

/// Gives each copy of \p plan its address from \p begin on, with a pad before
/// it, and returns the section they make up. The copies are still to be
/// written.
NewSection placeCopies(const Binary &binary, const Config &config,
                       ImagePlan &plan, uint64_t begin);

/// Writes the copies to \p code, and finds the patches to the old code: jumps
/// to the copies, and direct calls that lead to them.
llvm::Error writeCopies(const Binary &binary, const Config &config,
                        const ImagePlan &plan, NewSection &code,
                        Patches &patches);

} // namespace hotpad::image

#endif
