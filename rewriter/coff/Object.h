//===- Object.h - a COFF object, read ---------------------------*- C++ -*-===//
//
// Sections have their numbers of the file (from 1). Symbols have the number of
// their record plus 1, since 0 means none here; auxiliary records count, and
// are symbols that say nothing.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_COFF_OBJECT_H
#define HOTPAD_REWRITER_COFF_OBJECT_H

#include "rewriter/core/Content.h"
#include "rewriter/core/ObjectFile.h"
#include "llvm/Object/COFF.h"
#include <memory>

namespace hotpad::coff {

/// The records of the symbol table: 18 bytes, in a big object 20.
class SymbolRecords {
public:
  SymbolRecords() = default;
  SymbolRecords(llvm::ArrayRef<uint8_t> bytes, bool isBig)
      : bytes(bytes), isBig(isBig) {}

  uint32_t size() const {
    return static_cast<uint32_t>(bytes.size() / recordSize());
  }
  unsigned recordSize() const {
    return isBig ? sizeof(llvm::object::coff_symbol32)
                 : sizeof(llvm::object::coff_symbol16);
  }
  llvm::ArrayRef<uint8_t> all() const { return bytes; }
  const uint8_t *record(uint32_t index) const {
    return bytes.data() + size_t(index) * recordSize();
  }
  llvm::object::COFFSymbolRef operator[](uint32_t index) const;

private:
  llvm::ArrayRef<uint8_t> bytes;
  bool isBig = false;
};

/// The neutral view, and beside it what the writer needs to put every byte
/// back where it was.
struct Object : ObjectFile {
  bool isBig = false;      ///< The header of a big object (/bigobj).
  uint64_t headersAt = 0;  ///< File offset of the section headers.
  uint64_t symbolsAt = 0;  ///< File offset of the symbol table.
  SymbolRecords symbols;   ///< By the file's number.
  llvm::StringRef strings; ///< The string table, with its 4 bytes of size.
  /// By section number: raw header; [0] is nothing.
  std::vector<const llvm::object::coff_section *> headers;
  /// By section number: its relocation table as it is in the file, with the
  /// entry that holds a count above 65,534.
  std::vector<llvm::ArrayRef<uint8_t>> relocationTables;
  /// By section number: COMDAT.
  std::vector<bool> isComdat;

  llvm::Error refuseDebug() const override;
  std::vector<bool> dropDebug() override;
  PatchLists readLists() const override;
  llvm::Error
  leavePadsToLinker(std::vector<EditList> &edits,
                    std::vector<AddedSection> &added) const override;
  llvm::Expected<std::vector<uint8_t>>
  write(const Changes &changes) const override;
};

/// The auxiliary record of a section's symbol \p index, or nullptr.
const llvm::object::coff_aux_section_definition *
sectionDefinition(const SymbolRecords &symbols, uint32_t index);

/// The two functions of this format in formats/Formats.cpp.
Content recognise(llvm::ArrayRef<uint8_t> bytes);
llvm::Expected<std::unique_ptr<ObjectFile>> read(llvm::ArrayRef<uint8_t> file,
                                                 std::string name, Mode mode);

} // namespace hotpad::coff

#endif
