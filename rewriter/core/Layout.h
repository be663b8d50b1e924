//===- Layout.h - what a prologue layout asks for ---------------*- C++ -*-===//
//
// A layout is data: one row in one table.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_LAYOUT_H
#define HOTPAD_REWRITER_CORE_LAYOUT_H

#include "rewriter/core/Arch.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace hotpad {

struct Layout {
  std::string name;
  unsigned pad = 6;           ///< Bytes of padding before the entry.
  unsigned entryNop = 0;      ///< Bytes of NOP at every entry, always; 0: only
                              ///< where the first instruction needs it.
  bool nopPad = false;        ///< The pad is NOPs, never int3.
  bool listPatchable = false; ///< Also write __patchable_function_entries.
  bool movEdi = false;        ///< The NOP is `mov %edi, %edi` (8B FF), which
                              ///< only 32-bit code has.
};

/// An error when \p layout cannot be given to code of \p arch.
llvm::Error refuseLayout(const Layout &layout, Arch arch);

/// `ms`, `ms-x86`, `libpulp` or `patchable:N,M`.
llvm::Expected<Layout> findLayout(llvm::StringRef name);

} // namespace hotpad

#endif
