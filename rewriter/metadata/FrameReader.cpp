//===- FrameReader.cpp ----------------------------------------------------===//

#include "rewriter/metadata/FrameReader.h"
#include "rewriter/core/Bytes.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad::metadata {

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
        cie.personalityEncoding = encoding;
        cie.personalityField = cursor.offset();
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
  appendFixed(bytes, advance, width);
  return bytes;
}

} // namespace hotpad::metadata
