//===- EhFrame.cpp --------------------------------------------------------===//
//
// .eh_frame is a list of records: CIEs (what many functions share) and FDEs
// (one for each range of code). An FDE holds the start and length of its range
// and a program of rows, separated by "advance location by N". When an entry
// grows, N grows, and now and then the advance needs a wider form, so the
// record grows too:
//
//     length | CIE pointer | start | range | [aug] | DW_CFA... | DW_CFA_nop...
//
// Trailing DW_CFA_nops make up for growth first; if they do not suffice the
// record grows by a multiple of the section's alignment. What measures the
// section itself (record lengths, CIE pointers) are references and follow by
// themselves.
//
// Formats: LSB Core "Exception Frames"; DWARF 5 section 6.4. What decides in
// doubt is libgcc's unwind-dw2.c, which reads the result.
//
//===----------------------------------------------------------------------===//

#include "rewriter/metadata/EhFrame.h"
#include "rewriter/core/Cursor.h"
#include "rewriter/metadata/Encoding.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad::metadata {

namespace {

struct Cie {
  uint8_t codeEncoding = DW_EH_PE_absptr;
  uint8_t lsdaEncoding = DW_EH_PE_omit;
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

  template <class OnCie, class OnFde> Error forEach(OnCie onCie, OnFde onFde) {
    uint64_t at = 0;
    while (at < section.size) {
      Record record;
      if (Error error = readRecord(at, record))
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
        if (Error error = readCie(cursor, record, cie))
          return error;
        cies[record.begin] = cie;
        if (Error error = onCie(record))
          return error;
      } else {
        Fde fde;
        fde.pointerOffset = record.body;
        if (id > record.body)
          return fail(at, "FDE's CIE pointer 0x" + utohexstr(id, true) +
                              " leads out of the section");
        fde.cie = record.body - id;
        auto cie = cies.find(fde.cie);
        if (cie == cies.end())
          return fail(at, "FDE's CIE pointer leads to 0x" +
                              utohexstr(fde.cie, true) +
                              ", where no CIE begins");
        if (Error error = readFde(cursor, cie->second, record, fde))
          return error;
        if (Error error = onFde(record, cie->second, fde))
          return error;
      }
      at = record.end;
    }
    return Error::success();
  }

  const RelocationIndex &relocationIndex() const { return relocations; }

private:
  Error fail(uint64_t offset, const Twine &message) {
    return errorAt(binary, index, offset, message);
  }

  Error readRecord(uint64_t at, Record &record) {
    Cursor cursor(section.bytes, at, section.size);
    record.begin = at;
    uint64_t length = cursor.fixed(4);
    if (length == 0xFFFFFFFF) {
      length = cursor.fixed(8);
      record.lengthWidth = 8;
    }
    if (!cursor.ok())
      return fail(at, "record length runs past the end of the section (0x" +
                          utohexstr(section.size, true) + ")");
    record.body = cursor.offset();
    if (length > section.size - record.body)
      return fail(at, "record of 0x" + utohexstr(length, true) +
                          " bytes runs past the end of the section (0x" +
                          utohexstr(section.size, true) + ")");
    record.end = record.body + length;
    return Error::success();
  }

  Error readCie(Cursor &cursor, const Record &record, Cie &cie);
  Error readFde(Cursor &cursor, const Cie &cie, const Record &record, Fde &fde);

  const Binary &binary;
  SectionIndex index;
  const Section &section;
  RelocationIndex relocations;
  DenseMap<uint64_t, Cie> cies;
};

Error FrameReader::readCie(Cursor &cursor, const Record &record, Cie &cie) {
  uint8_t version = cursor.byte();
  if (version != 1 && version != 3 && version != 4)
    return fail(record.begin, "CIE version " + Twine(unsigned(version)));
  std::string augmentation;
  while (char c = static_cast<char>(cursor.byte()))
    augmentation += c;
  if (version == 4)
    cursor.skip(2); // address and segment size
  cie.codeAlignment = cursor.uleb();
  cursor.sleb(); // data alignment
  if (version == 1)
    cursor.byte();
  else
    cursor.uleb(); // return address register
  if (!augmentation.empty() && augmentation[0] != 'z')
    return fail(record.begin, "CIE augmentation '" + augmentation + "'");
  if (!augmentation.empty()) {
    cie.hasAugmentation = true;
    cursor.uleb();
    for (char c : StringRef(augmentation).drop_front()) {
      switch (c) {
      case 'R':
        cie.codeEncoding = cursor.byte();
        break;
      case 'L':
        cie.lsdaEncoding = cursor.byte();
        break;
      case 'P': {
        uint8_t encoding = cursor.byte();
        unsigned width = encodedWidth(binary.arch, encoding);
        if (width == 0)
          return fail(record.begin,
                      "personality encoding 0x" + utohexstr(encoding, true));
        cursor.skip(width);
        break;
      }
      case 'S':
        cie.signalFrame = true;
        break;
      case 'B': // AArch64 pointer authentication, no data
      case 'G': // AArch64 memory tagging, no data
        break;
      default:
        return fail(record.begin, "CIE augmentation '" + augmentation + "'");
      }
    }
  }
  if (!cursor.ok() || cie.codeAlignment == 0)
    return fail(record.begin, "CIE that does not decode");
  return Error::success();
}

Error FrameReader::readFde(Cursor &cursor, const Cie &cie, const Record &record,
                           Fde &fde) {
  unsigned width = encodedWidth(binary.arch, cie.codeEncoding);
  if (width == 0)
    return fail(record.begin,
                "FDE pointer encoding 0x" + utohexstr(cie.codeEncoding, true));
  fde.startField = cursor.offset();
  cursor.skip(width);
  fde.rangeField = cursor.offset();
  fde.range = cursor.fixed(width);
  if (cie.hasAugmentation) {
    uint64_t length = cursor.uleb();
    uint64_t begin = cursor.offset();
    cursor.skip(length);
    if (cie.lsdaEncoding != DW_EH_PE_omit && length != 0) {
      if (encodedWidth(binary.arch, cie.lsdaEncoding) == 0 ||
          encodedWidth(binary.arch, cie.lsdaEncoding) > length)
        return fail(record.begin, "LSDA pointer encoding 0x" +
                                      utohexstr(cie.lsdaEncoding, true));
      fde.lsdaField = begin;
    }
  }
  fde.program = cursor.offset();
  if (!cursor.ok())
    return fail(record.begin, "FDE that does not decode");
  return Error::success();
}

/// One step of a call frame program.
struct FrameStep {
  uint64_t offset = 0, size = 0;
  bool isAdvance = false, isNop = false, isSetLocation = false;
  uint64_t advance = 0; ///< In code alignment units.
};

/// Reads the step at the cursor. False: unknown or cut off.
bool readStep(Arch arch, Cursor &cursor, uint8_t codeEncoding,
              FrameStep &step) {
  step = FrameStep();
  step.offset = cursor.offset();
  uint8_t opcode = cursor.byte();
  switch (opcode & 0xC0) {
  case DW_CFA_advance_loc:
    step.isAdvance = true;
    step.advance = opcode & 0x3F;
    break;
  case DW_CFA_offset:
    cursor.uleb();
    break;
  case DW_CFA_restore:
    break;
  default:
    switch (opcode) {
    case DW_CFA_nop:
      step.isNop = true;
      break;
    case DW_CFA_set_loc:
      step.isSetLocation = true;
      cursor.skip(encodedWidth(arch, codeEncoding));
      break;
    case DW_CFA_advance_loc1:
    case DW_CFA_advance_loc2:
    case DW_CFA_advance_loc4:
      step.isAdvance = true;
      step.advance = cursor.fixed(opcode == DW_CFA_advance_loc1   ? 1
                                  : opcode == DW_CFA_advance_loc2 ? 2
                                                                  : 4);
      break;
    case DW_CFA_remember_state:
    case DW_CFA_restore_state:
    case DW_CFA_GNU_window_save:
      break;
    case DW_CFA_restore_extended:
    case DW_CFA_undefined:
    case DW_CFA_same_value:
    case DW_CFA_def_cfa_register:
    case DW_CFA_def_cfa_offset:
    case DW_CFA_GNU_args_size:
      cursor.uleb();
      break;
    case DW_CFA_def_cfa_offset_sf:
      cursor.sleb();
      break;
    case DW_CFA_offset_extended:
    case DW_CFA_register:
    case DW_CFA_def_cfa:
    case DW_CFA_val_offset:
    case 0x2F: // DW_CFA_GNU_negative_offset_extended
      cursor.uleb();
      cursor.uleb();
      break;
    case DW_CFA_offset_extended_sf:
    case DW_CFA_def_cfa_sf:
    case DW_CFA_val_offset_sf:
      cursor.uleb();
      cursor.sleb();
      break;
    case DW_CFA_def_cfa_expression:
      cursor.skip(cursor.uleb());
      break;
    case DW_CFA_expression:
    case DW_CFA_val_expression:
      cursor.uleb();
      cursor.skip(cursor.uleb());
      break;
    default:
      return false;
    }
  }
  step.size = cursor.offset() - step.offset;
  return cursor.ok();
}

Reference fieldReference(uint64_t offset, unsigned width, Place target,
                         Place base) {
  Reference reference;
  reference.offset = offset;
  reference.width = static_cast<uint8_t>(width);
  reference.target = target;
  reference.base = base;
  reference.isUnsigned = true;
  return reference;
}

SmallVector<uint8_t, 8> encodeAdvance(uint64_t advance, uint64_t oldSize) {
  SmallVector<uint8_t, 8> bytes;
  unsigned width;
  if (oldSize == 1 && advance < 0x40) {
    bytes.push_back(static_cast<uint8_t>(DW_CFA_advance_loc | advance));
    return bytes;
  }
  // Never a smaller form than before: what was reserved stays reserved.
  if (oldSize <= 2 && isUInt<8>(advance)) {
    bytes.push_back(DW_CFA_advance_loc1);
    width = 1;
  } else if (oldSize <= 3 && isUInt<16>(advance)) {
    bytes.push_back(DW_CFA_advance_loc2);
    width = 2;
  } else {
    bytes.push_back(DW_CFA_advance_loc4);
    width = 4;
  }
  for (unsigned i = 0; i != width; ++i)
    bytes.push_back(static_cast<uint8_t>(advance >> (8 * i)));
  return bytes;
}

} // namespace

Error readEhFrame(Binary &binary, SectionIndex index) {
  FrameReader reader(binary, index);
  std::vector<Reference> references;
  auto addLength = [&](const Record &record) {
    references.push_back(fieldReference(
        record.body - record.lengthWidth, record.lengthWidth,
        {record.end, index, Side::End}, {record.body, index, Side::Byte}));
  };
  auto onCie = [&](const Record &record) {
    addLength(record);
    return Error::success();
  };
  auto onFde = [&](const Record &record, const Cie &cie,
                   const Fde &fde) -> Error {
    addLength(record);
    references.push_back(fieldReference(fde.pointerOffset, 4,
                                        {fde.pointerOffset, index, Side::Byte},
                                        {fde.cie, index, Side::Label}));
    std::optional<Reference> start =
        readPointer(binary, index, reader.relocationIndex(), fde.startField);
    if (!start) // of code in another file, or of code that was dropped
      return Error::success();
    const Section &code = binary.sections[start->target.section];
    if (start->target.offset > code.size ||
        fde.range > code.size - start->target.offset)
      return errorAt(binary, index, record.begin,
                     "FDE covers " + code.name + " [0x" +
                         utohexstr(start->target.offset, true) + ", +0x" +
                         utohexstr(fde.range, true) +
                         "), past the end of that section (0x" +
                         utohexstr(code.size, true) + ")");
    references.push_back(*start);
    UnwindRange range;
    range.section = start->target.section;
    range.begin = start->target.offset;
    range.end = range.begin + fde.range;
    if (fde.range != 0)
      references.push_back(fieldReference(
          fde.rangeField, encodedWidth(binary.arch, cie.codeEncoding),
          {range.end, range.section, Side::End}, start->target));
    if (fde.lsdaField != 0)
      if (std::optional<Reference> lsda = readPointer(
              binary, index, reader.relocationIndex(), fde.lsdaField)) {
        references.push_back(*lsda);
        range.lsda = lsda->target;
      }
    range.frameSection = index;
    range.frameOffset = record.begin;
    range.signalFrame = cie.signalFrame;
    Cursor cursor(binary.sections[index].bytes, fde.program, record.end);
    FrameStep step;
    bool isStep = false; // one that says something
    while (!cursor.atEnd() &&
           readStep(binary.arch, cursor, cie.codeEncoding, step) &&
           !(isStep = !step.isNop))
      ;
    range.entersMidway = isStep && !step.isAdvance;
    binary.unwind.push_back(range);
    return Error::success();
  };
  if (Error error = reader.forEach(onCie, onFde))
    return error;
  auto &all = binary.sections[index].references;
  all.insert(all.end(), references.begin(), references.end());
  return Error::success();
}

Error planEhFrame(const Binary &binary, SectionIndex index, const MoveMap &map,
                  EditList &edits) {
  const Section &section = binary.sections[index];
  FrameReader reader(binary, index);
  auto onCie = [](const Record &) { return Error::success(); };
  auto onFde = [&](const Record &record, const Cie &cie,
                   const Fde &fde) -> Error {
    std::optional<Reference> start =
        readPointer(binary, index, reader.relocationIndex(), fde.startField);
    if (!start)
      return Error::success();
    const OffsetMap &code = map[start->target.section];
    uint64_t begin = start->target.offset;
    if (!code.changesInside(begin, begin + fde.range))
      return Error::success();

    // A row may stand at the very end (assembly that undoes its last `ret`):
    // it ends with the range, before the pad of what follows.
    uint64_t end = begin + fde.range;
    auto moved = [&](uint64_t at) {
      return code.at(at, at == end ? Side::End : Side::Label).value;
    };
    uint64_t location = begin;
    int64_t growth = 0;
    uint64_t lastUsed = fde.program; // end of the last step that is no nop
    Cursor cursor(section.bytes, fde.program, record.end);
    while (!cursor.atEnd()) {
      FrameStep step;
      if (!readStep(binary.arch, cursor, cie.codeEncoding, step))
        return errorAt(binary, index, step.offset,
                       "unknown call frame instruction");
      if (step.isNop)
        continue;
      lastUsed = cursor.offset();
      if (step.isSetLocation) {
        std::optional<Reference> to = readPointer(
            binary, index, reader.relocationIndex(), step.offset + 1);
        if (!to || to->target.section != start->target.section)
          return errorAt(binary, index, step.offset,
                         "DW_CFA_set_loc to an unknown location");
        location = to->target.offset;
        continue;
      }
      if (!step.isAdvance)
        continue;
      uint64_t next = location + step.advance * cie.codeAlignment;
      if (next < location || next > end)
        return errorAt(binary, index, step.offset,
                       "advances past the end of its FDE's range");
      uint64_t distance = moved(next) - moved(location);
      location = next;
      uint64_t advance = distance / cie.codeAlignment;
      if (distance % cie.codeAlignment != 0)
        return errorAt(binary, index, step.offset,
                       "new distance is no multiple of the code alignment");
      if (advance == step.advance)
        continue;
      auto bytes = encodeAdvance(advance, step.size);
      growth += static_cast<int64_t>(bytes.size() - step.size);
      edits.replace(step.offset, step.size, bytes);
    }
    if (growth == 0)
      return Error::success();
    uint64_t grown = static_cast<uint64_t>(growth);
    uint64_t taken = std::min(record.end - lastUsed, grown);
    edits.replace(record.end - taken, taken, {});
    // What is still missing keeps the section's alignment; a nop may stand
    // anywhere in the program.
    uint64_t rest = grown - taken;
    SmallVector<uint8_t, 16> fill(alignTo(rest, section.alignment) - rest,
                                  DW_CFA_nop);
    edits.insertAfterLabel(fde.program, fill);
    return Error::success();
  };
  return reader.forEach(onCie, onFde);
}

} // namespace hotpad::metadata
