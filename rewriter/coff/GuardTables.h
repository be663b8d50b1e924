//===- GuardTables.h - where Windows lets a program go on -------*- C++ -*-===//
//
// The load configuration may list all places at which the system may let the
// program go on after an exception (EHCont) or a longjmp; it ends a program
// that wants to go on elsewhere. What is copied can go on in the copy.
//
// Tables of what indirect calls may lead to (CFG) need nothing: the addresses
// of functions are the old ones.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_COFF_GUARDTABLES_H
#define HOTPAD_REWRITER_COFF_GUARDTABLES_H

#include "rewriter/coff/Image.h"

namespace hotpad::coff {

/// Offsets of fields of the load configuration; 0: there is no such field.
struct GuardFields {
  uint64_t handlers, handlerCount; ///< SafeSEH
  uint64_t calls, callCount;       ///< CFG
  uint64_t flags;
  uint64_t jumps, jumpCount;         ///< longjmp
  uint64_t continued, continueCount; ///< EHCont
};
const GuardFields &guardFields(const Image &image);

/// A table that got longer.
struct GuardTable {
  uint64_t addressField, countField; ///< Offsets in the load configuration.
  uint64_t count;
  std::vector<uint8_t> bytes;
};
/// Those that list places in \p copies.
std::vector<GuardTable> makeGuardTables(const Image &image,
                                        llvm::ArrayRef<CodeCopy> copies);

} // namespace hotpad::coff

#endif
