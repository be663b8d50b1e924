//===- FrameReader.h - the records of .eh_frame -----------------*- C++ -*-===//
//
// LSB Core "Exception Frames"; DWARF 5 section 6.4. What decides in doubt is
// libgcc's unwind-dw2.c, which reads the same bytes.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_FRAMEREADER_H
#define HOTPAD_REWRITER_METADATA_FRAMEREADER_H

#include "rewriter/core/Cursor.h"
#include "rewriter/metadata/Encoding.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/Dwarf.h"

namespace hotpad::metadata {

struct Cie {
  uint8_t codeEncoding = llvm::dwarf::DW_EH_PE_absptr;
  uint8_t lsdaEncoding = llvm::dwarf::DW_EH_PE_omit;
  uint8_t personalityEncoding = llvm::dwarf::DW_EH_PE_omit;
  uint64_t personalityField = 0; ///< Offset of the pointer; 0: none.
  bool hasAugmentation = false;
  bool signalFrame = false;
  uint64_t codeAlignment = 1;
};

struct Fde {
  uint64_t pointerOffset = 0; ///< Of the CIE pointer.
  uint64_t cie = 0;           ///< Offset of its CIE.
  uint64_t startField = 0, rangeField = 0, lsdaField = 0; ///< lsdaField 0: none
  uint64_t range = 0;
  uint64_t program = 0; ///< Offset of the first call frame instruction.
};

struct Record {
  uint64_t begin = 0, body = 0, end = 0; ///< body: after the length.
  unsigned lengthWidth = 4;
};

/// Walks the records of one section.
class FrameReader {
public:
  FrameReader(const Binary &binary, SectionIndex index)
      : binary(binary), index(index), section(binary.sections[index]),
        relocations(section) {}

  template <class OnCie, class OnFde>
  llvm::Error forEach(OnCie onCie, OnFde onFde) {
    uint64_t at = 0;
    while (at < section.size) {
      Record record;
      if (llvm::Error error = readRecord(at, record))
        return error;
      if (record.body == record.end) { // terminator
        at = record.end;
        continue;
      }
      Cursor cursor(section.bytes, record.body, record.end);
      uint64_t id = cursor.fixed(4);
      if (!cursor.ok())
        return fail(at, "record too short for its CIE pointer");
      if (id == 0) {
        Cie cie;
        if (llvm::Error error = readCie(cursor, record, cie))
          return error;
        cies[record.begin] = cie;
        if (llvm::Error error = onCie(record))
          return error;
      } else {
        Fde fde;
        fde.pointerOffset = record.body;
        if (id > record.body)
          return fail(at, "FDE's CIE pointer 0x" + llvm::utohexstr(id, true) +
                              " leads out of the section");
        fde.cie = record.body - id;
        auto cie = cies.find(fde.cie);
        if (cie == cies.end())
          return fail(at, "FDE's CIE pointer leads to 0x" +
                              llvm::utohexstr(fde.cie, true) +
                              ", where no CIE begins");
        if (llvm::Error error = readFde(cursor, cie->second, record, fde))
          return error;
        if (llvm::Error error = onFde(record, cie->second, fde))
          return error;
      }
      at = record.end;
    }
    return llvm::Error::success();
  }

  const RelocationIndex &relocationIndex() const { return relocations; }
  /// Those read so far, by offset.
  const llvm::DenseMap<uint64_t, Cie> &allCies() const { return cies; }

private:
  llvm::Error fail(uint64_t offset, const llvm::Twine &message) {
    return errorAt(binary, index, offset, message);
  }

  llvm::Error readRecord(uint64_t at, Record &record) {
    Cursor cursor(section.bytes, at, section.size);
    record.begin = at;
    uint64_t length = cursor.fixed(4);
    if (length == 0xFFFFFFFF) {
      length = cursor.fixed(8);
      record.lengthWidth = 8;
    }
    if (!cursor.ok())
      return fail(at, "record length runs past the end of the section (0x" +
                          llvm::utohexstr(section.size, true) + ")");
    record.body = cursor.offset();
    if (length > section.size - record.body)
      return fail(at, "record of 0x" + llvm::utohexstr(length, true) +
                          " bytes runs past the end of the section (0x" +
                          llvm::utohexstr(section.size, true) + ")");
    record.end = record.body + length;
    return llvm::Error::success();
  }

  llvm::Error readCie(Cursor &cursor, const Record &record, Cie &cie);
  llvm::Error readFde(Cursor &cursor, const Cie &cie, const Record &record,
                      Fde &fde);

  const Binary &binary;
  SectionIndex index;
  const Section &section;
  RelocationIndex relocations;
  llvm::DenseMap<uint64_t, Cie> cies;
};

/// One step of a call frame program.
struct FrameStep {
  uint64_t offset = 0, size = 0;
  bool isAdvance = false, isNop = false, isSetLocation = false;
  uint64_t advance = 0; ///< In code alignment units.
};

/// Reads the step at the cursor. False: unknown or cut off.
bool readStep(Arch arch, Cursor &cursor, uint8_t codeEncoding, FrameStep &step);

/// A step that advances by \p advance (in code alignment units), not shorter
/// than \p oldSize bytes.
llvm::SmallVector<uint8_t, 8> encodeAdvance(uint64_t advance, uint64_t oldSize);

} // namespace hotpad::metadata

#endif
