//===- InPlacePlan.h - what can stay where it is, displaced -----*- C++ -*-===//
//
// With --image=inplace a function is copied as a whole only when nothing less
// can be shown to be safe. Two things make one patchable where it is:
//
//     entry    The first instructions move out, and the jump that leads to them
//              is the patch site. Loops to the entry go where they moved.
//     tail     There is no room for a pad before the entry. The last
//              instructions of the function before move out, and what their
//              jump does not take is the pad:
//
//                  ...of g: jmp 1f | cc cc cc cc cc cc | f: ...
//
// Shown to be safe means: the bytes are whole instructions of one function that
// does not jump indirectly, and nothing leads in between them: no branch, no
// table, no landing pad, no pointer, and no bytes that might be a branch.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_IMAGE_INPLACEPLAN_H
#define HOTPAD_REWRITER_IMAGE_INPLACEPLAN_H

#include "rewriter/image/Plan.h"

namespace hotpad::image {

/// Decides for the functions of \p plan that are not native which of them can
/// be displaced, and displaces them.
void planInPlace(const Binary &binary, const Config &config,
                 CanUnwind canUnwind, ImagePlan &plan);

} // namespace hotpad::image

#endif
