//===- UnknownCode.h - branches in bytes that were not decoded --*- C++ -*-===//
//
// In an image, bytes that no known control flow reaches may be code all the
// same: the cases of a switch whose table was not found. Where such code might
// branch to, nothing may change.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_X86_UNKNOWNCODE_H
#define HOTPAD_REWRITER_X86_UNKNOWNCODE_H

#include "rewriter/core/Binary.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace hotpad::x86 {

/// Calls \p visit for everything in bytes not decoded that reads as a direct
/// branch, with the place of its first byte and the offset in the same section
/// that it would lead to, which may lie outside.
void forEachUnknownBranch(
    const Binary &binary,
    llvm::function_ref<void(Place source, uint64_t target)> visit);

/// Whether code that is not known may lead to \p offset of \p section: not
/// between the bytes of an instruction that is, but behind a lock prefix.
bool mayBeBranchedTo(const Section &section, uint64_t offset);

} // namespace hotpad::x86

#endif
