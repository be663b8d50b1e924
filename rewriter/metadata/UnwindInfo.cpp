//===- UnwindInfo.cpp -----------------------------------------------------===//

#include "rewriter/metadata/UnwindInfo.h"
#include "rewriter/core/Cursor.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::Win64EH;

namespace hotpad::metadata {

unsigned slotsOf(uint8_t operation, uint8_t info) {
  switch (operation) {
  case UOP_PushNonVol:
  case UOP_AllocSmall:
  case UOP_SetFPReg:
  case UOP_Epilog:
  case UOP_PushMachFrame:
    return 1;
  case UOP_AllocLarge:
    return info == 0 ? 2 : info == 1 ? 3 : 0;
  case UOP_SaveNonVol:
  case UOP_SaveXMM128:
    return 2;
  case UOP_SaveNonVolBig:
  case UOP_SaveXMM128Big:
  case UOP_SpareCode:
    return 3;
  default:
    return 0;
  }
}

std::optional<UnwindInfo> readUnwindInfo(const Binary &binary, Place place) {
  const Section &section = binary.sections[place.section];
  Cursor cursor(section.bytes, place.offset, section.bytes.size());
  UnwindInfo info;
  uint8_t first = cursor.byte();
  info.version = first & 7;
  info.flags = first >> 3;
  info.prologSize = cursor.byte();
  unsigned count = cursor.byte();
  info.frame = cursor.byte();
  uint64_t codesAt = cursor.offset();
  cursor.skip(2 * (uint64_t(count) + (count & 1)));
  info.tail = cursor.offset();
  cursor.skip(info.isChained() ? 12 : info.hasHandler() ? 4 : 0);
  if (!cursor.ok() || (info.version != 1 && info.version != 2))
    return std::nullopt;
  info.codes = section.bytes.slice(codesAt, 2 * uint64_t(count));
  for (unsigned slot = 0; slot != count;) {
    uint8_t raw = info.codes[2 * slot + 1];
    unsigned slots = slotsOf(raw & 15, raw >> 4);
    bool isEpilog = (raw & 15) == UOP_Epilog;
    if (slots == 0 || slots > count - slot || (isEpilog && info.version < 2))
      return std::nullopt;
    slot += slots;
  }
  return info;
}

uint64_t UnwindInfo::allocated() const {
  uint64_t sum = 0;
  for (unsigned at = 0; at < codes.size();) {
    uint8_t operation = codes[at + 1] & 15, info = codes[at + 1] >> 4;
    unsigned size = 2 * slotsOf(operation, info);
    if (operation == UOP_AllocSmall)
      sum += 8 * (uint64_t(info) + 1);
    else if (operation == UOP_AllocLarge && info == 0)
      sum += 8ull * support::endian::read16le(codes.data() + at + 2);
    else if (operation == UOP_AllocLarge)
      sum += support::endian::read32le(codes.data() + at + 2);
    at += size;
  }
  return sum;
}

} // namespace hotpad::metadata
