//===- Pass.h - what a pass sees and does -----------------------*- C++ -*-===//
//
// A pass says which bytes go where in one code section, and nothing else: it
// cannot touch a relocation, a symbol or another section. Passes run in the
// order of allPasses(); each sees the edits of those before it.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PASSES_PASS_H
#define HOTPAD_PASSES_PASS_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/Layout.h"

namespace hotpad {

struct PassInput {
  const Binary &binary;
  SectionIndex section;
  llvm::ArrayRef<Function> functions; ///< Of the section, ascending.
  const Layout &layout;
  bool nopEntries;  ///< --entry=nop.
  bool padByLinker; ///< --pad-by=linker.

  /// Bytes of NOP that every entry gets; 0: only where it is needed.
  unsigned entryNop() const {
    return layout.entryNop != 0 ? layout.entryNop : nopEntries ? 2 : 0;
  }

  /// The bytes of that NOP.
  llvm::SmallVector<uint8_t, 16> entryNopBytes() const;

  const Section &code() const { return binary.sections[section]; }
};

struct Pass {
  const char *name;
  llvm::Error (*run)(const PassInput &, EditList &);
};

llvm::Error guardLoopingEntries(const PassInput &input, EditList &edits);
llvm::Error widenEntries(const PassInput &input, EditList &edits);
llvm::Error keepLoopAlignment(const PassInput &input, EditList &edits);
llvm::Error padFunctions(const PassInput &input, EditList &edits);

llvm::ArrayRef<Pass> allPasses();

/// The alignment a code section needs so that no patch site in it can straddle
/// two aligned 8-byte words (contract C2).
uint64_t neededAlignment(const Section &section,
                         llvm::ArrayRef<Function> functions);

} // namespace hotpad

#endif
