//===- VerifyForwards.cpp -------------------------------------------------===//

#include "rewriter/verify/VerifyForwards.h"
#include "rewriter/x86/Decoder.h"

using namespace llvm;

namespace hotpad {

/// Where the jump at \p address leads; that address when there is none.
static uint64_t followJump(const Binary &binary, uint64_t address) {
  Place place = binary.placeAt(address);
  const Section &section = binary.sections[place.section];
  x86::Instruction jump;
  if (place.section == 0 || place.offset >= section.bytes.size() ||
      !x86::decode(binary.arch, section.bytes, place.offset, jump) ||
      jump.flow != Flow::Jump || !jump.isRelative)
    return address;
  address += jump.length + static_cast<uint64_t>(jump.field);
  return pointerSize(binary.arch) == 4 ? address & UINT32_MAX : address;
}

Error verifyForwards(const Binary &before, const Binary &after,
                     ArrayRef<CodeCopy> copies) {
  constexpr uint64_t kEndbrSize = 4;
  for (const CodeCopy &copy : copies) {
    const Section &section = before.sections[copy.section];
    uint64_t site = section.address + copy.begin;
    if (x86::isEndbr(before.arch, section.bytes, copy.begin))
      site += kEndbrSize;
    uint64_t target = followJump(after, site);
    if (target != copy.address && followJump(after, target) != copy.address)
      return errorAt(before, copy.section, copy.begin,
                     "verify: the entry does not lead to its copy");
  }
  return Error::success();
}

} // namespace hotpad
