//===- FrameCopies.h - unwinding tables for copied code ---------*- C++ -*-===//
//
// Code that was copied unwinds as the original does, by rows of its own. An
// image's .eh_frame therefore becomes a longer one at a new address: all old
// records as they were, then one more FDE for each that the copied code needs,
// and the search table (.eh_frame_hdr) that unwinders use is made anew.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_FRAMECOPIES_H
#define HOTPAD_REWRITER_METADATA_FRAMECOPIES_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/ImageChanges.h"
#include "rewriter/metadata/FrameReader.h"
#include <memory>

namespace hotpad::metadata {

class FrameCopier {
public:
  /// \p frames is .eh_frame of the image \p binary; 0: it has none.
  FrameCopier(const Binary &binary, SectionIndex frames);

  /// Reads all records. Fails when they are malformed.
  llvm::Error read();

  /// Whether the rows and exception tables of [begin, end) of \p section can be
  /// given to a copy.
  bool canCopy(SectionIndex section, uint64_t begin, uint64_t end) const;

  /// The same for all code of a section that moves as a whole, so that nobody
  /// will look at the original again.
  bool canMove(SectionIndex section, uint64_t size) const;

  /// Whether any record is of code in [begin, end) of \p section.
  bool covers(SectionIndex section, uint64_t begin, uint64_t end) const {
    return !covering(section, begin, end).empty();
  }

  /// The new exception tables, for a section at \p address. \p copies ascend.
  /// Remembers where each FDE's table is.
  std::vector<uint8_t> makeExceptionTables(llvm::ArrayRef<CodeCopy> copies,
                                           uint64_t address);
  /// The new .eh_frame, for a section at \p address.
  llvm::Expected<std::vector<uint8_t>>
  makeFrames(llvm::ArrayRef<CodeCopy> copies, uint64_t address);
  /// Addresses of fields in what was made last that the loader must adjust.
  llvm::ArrayRef<uint64_t> relocatedFields() const { return relocated; }
  /// The search table for the frames made last, for a section at \p address.
  llvm::Expected<std::vector<uint8_t>> makeHeader(uint64_t address) const;

private:
  struct Known {
    Record record;
    Fde fde;
    const UnwindRange *range = nullptr;
    uint64_t nextTable = ~0ull; ///< Where the exception table behind it begins.
  };
  struct Row {
    uint64_t code, frame; ///< Addresses.
  };

  llvm::ArrayRef<Known> covering(SectionIndex section, uint64_t begin,
                                 uint64_t end) const;
  bool canCopy(const Known &known) const;
  bool isUnderstood(const Known &known) const;
  bool canCopyTable(const Known &known, SectionIndex section, uint64_t begin,
                    uint64_t end) const;
  bool isNull(const Known &known) const;
  void noteAddress(uint8_t encoding, uint64_t address);
  void joinLists(std::vector<uint8_t> &bytes) const;
  llvm::Error moveOldRecords(std::vector<uint8_t> &bytes, uint64_t address);
  llvm::Error addFrame(const Known &known, const CodeCopy &copy,
                       uint64_t address, std::vector<uint8_t> &bytes);

  const Binary &binary;
  SectionIndex index;
  bool positionIndependent;
  llvm::DenseMap<uint64_t, Cie> cies;         ///< By offset.
  std::vector<Known> fdes;                    ///< Sorted by (section, begin).
  std::vector<std::pair<Record, Fde>> others; ///< Of no code of this file.
  /// Address of the exception table for the piece of code at an address.
  llvm::DenseMap<uint64_t, uint64_t> tables;
  std::vector<Row> rows;
  std::vector<uint64_t> relocated; ///< Addresses of fields.
  uint64_t framesAddress = 0;
  /// Ends of the list that have more behind them: the record before, and how
  /// far it is to the next.
  std::vector<std::pair<Record, uint64_t>> earlyEnds;
  uint64_t lastRecordEnd = 0; ///< Offset behind the last record.
};

} // namespace hotpad::metadata

#endif
