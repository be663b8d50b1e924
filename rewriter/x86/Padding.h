//===- Padding.h - bytes that nobody counts on ------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_X86_PADDING_H
#define HOTPAD_REWRITER_X86_PADDING_H

#include "rewriter/core/Arch.h"
#include "llvm/ADT/ArrayRef.h"

namespace hotpad::x86 {

/// Whether [begin, end) holds nothing but NOPs and int3. (Zeros may be data
/// that somebody reads: they are no padding.)
bool isPadding(Arch arch, llvm::ArrayRef<uint8_t> bytes, uint64_t begin,
               uint64_t end);

} // namespace hotpad::x86

#endif
