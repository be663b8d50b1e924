//===- WinFrameCopies.h - .pdata for copied code ----------------*- C++ -*-===//
//
// Code of 64-bit Windows that was copied unwinds as the original does, by
// records of its own: a longer .pdata has all old ones and then the new ones,
// which lead to copies of what the old ones lead to:
//
//     UNWIND_INFO     the prolog's codes count from the copy's begin
//     handler data    places in the copied code become places in the copy
//
// Filters, catch blocks and cleanups are functions of their own, which stay
// where they are and serve the old code and the copy. A catch block of
// __CxxFrameHandler3 says itself where to go on: in the old code.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_WINFRAMECOPIES_H
#define HOTPAD_REWRITER_METADATA_WINFRAMECOPIES_H

#include "rewriter/core/ImageChanges.h"
#include "rewriter/metadata/HandlerData.h"

namespace hotpad::metadata {

class WinFrameCopier {
public:
  explicit WinFrameCopier(const Binary &binary);

  /// Whether the records of the code that \p copy is of can be copied.
  bool canCopy(const CodeCopy &copy) const;

  /// Whether any record is of code that \p copy is of.
  bool covers(const CodeCopy &copy) const { return !covering(copy).empty(); }

  /// What the records of \p copies lead to, for a section at \p address.
  /// \p copies ascend, and can be copied.
  std::vector<uint8_t> makeInfos(llvm::ArrayRef<CodeCopy> copies,
                                 uint64_t address);
  /// All records: the old ones and those for the infos made last.
  std::vector<uint8_t> makeRecords() const;
  /// Fields of the infos made last that the loader must adjust, by address.
  llvm::ArrayRef<uint64_t> relocatedFields() const { return relocated; }

private:
  struct Row {
    uint64_t begin, end, info; ///< RVAs.
  };

  llvm::ArrayRef<UnwindRange> covering(const CodeCopy &copy) const;
  uint64_t newOffset(const UnwindRange &range, const CodeCopy &copy,
                     uint64_t offset) const;
  bool canCopy(const UnwindRange &range, const CodeCopy &copy) const;
  Row rowOf(const UnwindRange &range, const CodeCopy &copy) const;
  void appendInfo(const UnwindRange &range, const CodeCopy &copy,
                  uint64_t address, std::vector<uint8_t> &bytes);
  void appendChained(const UnwindInfo &info, const UnwindRange &range,
                     std::vector<uint8_t> &bytes) const;

  const Binary &binary;
  Rvas rvas;
  HandlerKinds kinds;
  std::vector<UnwindRange> ranges; ///< Ascending.
  std::vector<Row> rows;           ///< New ones, ascending.
  std::vector<uint64_t> relocated;
  llvm::DenseMap<uint64_t, size_t> copied; ///< Old begin -> last row of it.
};

} // namespace hotpad::metadata

#endif
