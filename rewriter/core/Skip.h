//===- Skip.h - why a function was left alone -------------------*- C++ -*-===//
//
// A function that cannot be made hot-patchable safely is left exactly as it
// was, with a reason (invariant NO-SILENT-SKIP).
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_SKIP_H
#define HOTPAD_REWRITER_CORE_SKIP_H

#include "llvm/ADT/StringRef.h"

namespace hotpad {

enum class SkipReason : uint8_t {
  None,
  NotSelected,        ///< --only / --skip.
  TypeHash,           ///< A kCFI hash stands before the entry.
  TypeSignature,      ///< A -fsanitize=function signature stands before it.
  ListedElsewhere,    ///< Another patcher's list names the first instruction.
  PrefixData,         ///< Bytes nobody names stand before it.
  SignalFrame,        ///< A signal return stub, matched by its bytes.
  UnknownInstruction, ///< Code in its section does not decode.
  EntryNotCode,       ///< The bytes at the entry do not decode.
  OnlyEndbr,          ///< Behind its endbr something else begins.
  OverlapsEntry,      ///< Another entry lies inside the first instruction.
  UnknownJumpTable,   ///< A table entry moves differently by its two readings.
  HiddenReference,    ///< Bytes that may be code would have to be changed.
  UnknownBase,        ///< A distance is measured from a place not known.
  CodeReadAsData,     ///< A data symbol names code: distances may be stored.
  UnknownUnwindData,  ///< Its language-specific data is not understood.
  NoRoom,             ///< No 5 bytes at the entry for a jump to the copy.
  ReturnAddress,      ///< Measures from where a call returns to.
  RuntimeTable,       ///< A runtime knows the code by its address.
  FilledIn,           ///< Text relocations change its code.
  LongProlog,         ///< .xdata counts a prolog in one byte.
  LinkerStub,         ///< In a section that the linker made and that stays.
};

/// Short name, used in reports: `kcfi-hash`.
llvm::StringRef skipName(SkipReason reason);
/// One sentence for people.
llvm::StringRef skipText(SkipReason reason);

} // namespace hotpad

#endif
