//===- Names.h - the ELF sections hotpad writes -----------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ELF_NAMES_H
#define HOTPAD_REWRITER_ELF_NAMES_H

#include "llvm/ADT/StringRef.h"

namespace hotpad::elf {

inline constexpr llvm::StringLiteral kSlotsName = "hotpad_slots";
inline constexpr llvm::StringLiteral kEntriesName = "hotpad_entries";
inline constexpr llvm::StringLiteral kPatchableName =
    "__patchable_function_entries";

} // namespace hotpad::elf

#endif
