//===- VerifyDisplaced.cpp ------------------------------------------------===//

#include "rewriter/verify/VerifyDisplaced.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/Padding.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace hotpad {

namespace {

/// An instruction and where it stands.
struct Standing {
  ArrayRef<uint8_t> bytes;
  uint64_t address = 0;
  x86::Instruction instruction;

  bool isBranch() const { return instruction.isRelative; }
  uint64_t target(Arch arch) const {
    uint64_t target =
        address + instruction.length + static_cast<uint64_t>(instruction.field);
    return pointerSize(arch) == 4 ? target & UINT32_MAX : target;
  }
};

class DisplacedVerifier {
public:
  DisplacedVerifier(const Binary &before, const Binary &after,
                    ArrayRef<CodeCopy> displaced, ArrayRef<CodeCopy> copies)
      : before(before), after(after) {
    for (ArrayRef<CodeCopy> list : {displaced, copies})
      for (const CodeCopy &copy : list)
        moved[before.sections[copy.section].address + copy.begin].push_back(
            copy.address);
  }

  Error verify(const CodeCopy &copy) const;

private:
  static bool decodeAt(const Binary &binary, Place place, Standing &result);
  std::vector<uint8_t> withoutAddresses(const Standing &old,
                                        ArrayRef<uint8_t> bytes) const;
  bool isSame(const Standing &old, const Standing &now) const;
  bool mayHaveMovedTo(const Standing &old, uint64_t target) const;
  bool leadsBack(const CodeCopy &copy, const Standing &jump) const;

  const Binary &before, &after;
  /// By old address: where what was there is now.
  DenseMap<uint64_t, SmallVector<uint64_t, 2>> moved;
};

bool DisplacedVerifier::decodeAt(const Binary &binary, Place place,
                                 Standing &result) {
  if (place.section == 0)
    return false;
  const Section &section = binary.sections[place.section];
  if (place.offset >= section.bytes.size() ||
      !x86::decode(binary.arch, section.bytes, place.offset,
                   result.instruction))
    return false;
  result.bytes = section.bytes.slice(place.offset, result.instruction.length);
  result.address = section.address + place.offset;
  return true;
}

/// A call or jump to code that has a copy may lead to the copy; behind an
/// endbr, where a loop goes on.
bool DisplacedVerifier::mayHaveMovedTo(const Standing &old,
                                       uint64_t target) const {
  constexpr uint64_t kEndbrSize = 4;
  for (uint64_t behind : {uint64_t(0), kEndbrSize}) {
    auto found = moved.find(old.target(before.arch) + behind);
    if (found != moved.end() && is_contained(found->second, target))
      return true;
  }
  return false;
}

/// \p bytes, which \p old became, with zeros where the loader puts an address:
/// that of a table that moved may be another.
std::vector<uint8_t>
DisplacedVerifier::withoutAddresses(const Standing &old,
                                    ArrayRef<uint8_t> bytes) const {
  std::vector<uint8_t> result = bytes.vec();
  Place place = before.placeAt(old.address);
  auto field = partition_point(before.relocated, [&](const Place &other) {
    return std::tie(other.section, other.offset) <
           std::tie(place.section, place.offset);
  });
  for (; field != before.relocated.end() && field->section == place.section &&
         field->offset < place.offset + result.size();
       ++field)
    for (uint64_t at = field->offset - place.offset;
         at < result.size() &&
         at < field->offset - place.offset + pointerSize(before.arch);
         ++at)
      result[at] = 0;
  return result;
}

bool DisplacedVerifier::isSame(const Standing &old, const Standing &now) const {
  const x86::Instruction &a = old.instruction, &b = now.instruction;
  if (a.flow != b.flow || (a.fieldOffset == 0) != (b.fieldOffset == 0) ||
      a.isRelative != b.isRelative)
    return false;
  if (a.fieldOffset == 0)
    return withoutAddresses(old, old.bytes) == withoutAddresses(old, now.bytes);
  uint64_t oldTarget = old.target(before.arch);
  uint64_t newTarget = now.target(after.arch);
  if (oldTarget != newTarget &&
      !(old.isBranch() && mayHaveMovedTo(old, newTarget)))
    return false;
  if (a.fieldWidth == b.fieldWidth) {
    uint64_t behind = a.fieldOffset + a.fieldWidth;
    return a.length == b.length &&
           old.bytes.take_front(a.fieldOffset) ==
               now.bytes.take_front(b.fieldOffset) &&
           old.bytes.drop_front(behind) == now.bytes.drop_front(behind);
  }
  // A short branch that grew: the condition is in the opcode.
  uint8_t oldCode = old.bytes[a.fieldOffset - 1];
  uint8_t newCode = now.bytes[b.fieldOffset - 1];
  return a.fieldWidth == 1 && b.fieldWidth == 4 &&
         (oldCode == 0xEB ? newCode == 0xE9
                          : (oldCode & 0xF0) == 0x70 &&
                                newCode == (0x80 | (oldCode & 0x0F)));
}

/// To behind the displaced code, or over padding that followed.
bool DisplacedVerifier::leadsBack(const CodeCopy &copy,
                                  const Standing &jump) const {
  const Section &section = before.sections[copy.section];
  uint64_t target = jump.target(after.arch) - section.address;
  if (jump.instruction.flow != Flow::Jump || !jump.isBranch())
    return false;
  if (mayHaveMovedTo({{}, section.address + copy.end, {}},
                     jump.target(after.arch)))
    return true;
  return target >= copy.end && target <= section.bytes.size() &&
         x86::isPadding(before.arch, section.bytes, copy.end, target);
}

Error DisplacedVerifier::verify(const CodeCopy &copy) const {
  auto fail = [&](uint64_t at, const Twine &what) {
    return errorAt(before, copy.section, at, "verify: displaced code: " + what);
  };
  Standing jump, old, now;
  if (!decodeAt(after, {copy.begin, copy.section, Side::Label}, jump) ||
      jump.instruction.flow != Flow::Jump || !jump.isBranch() ||
      jump.target(after.arch) != copy.address)
    return fail(copy.begin, "nothing leads to it");
  Place place = after.placeAt(copy.address);
  uint64_t at = copy.begin;
  while (at < copy.end) {
    if (!decodeAt(before, {at, copy.section, Side::Label}, old) ||
        !decodeAt(after, place, now))
      return fail(at, "is no instruction");
    // loop and jrcxz have no long form: over a pair of jumps.
    uint8_t opcode = old.bytes[old.bytes.size() - 2 + (old.bytes.size() < 2)];
    bool isLoop = old.instruction.fieldWidth == 1 && (opcode & 0xFC) == 0xE0;
    if (isLoop) {
      place.offset += now.instruction.length + 2; // over the short jump
      Standing far;
      if (!decodeAt(after, place, far) ||
          (far.target(after.arch) != old.target(before.arch) &&
           !mayHaveMovedTo(old, far.target(after.arch))))
        return fail(at, "leads elsewhere");
      place.offset += far.instruction.length;
    } else {
      if (!isSame(old, now))
        return fail(at, "does something else");
      place.offset += now.instruction.length;
    }
    at += old.instruction.length;
  }
  Flow last = old.instruction.flow;
  bool ends =
      last == Flow::Jump || last == Flow::Stop || last == Flow::IndirectJump;
  if (!ends && (!decodeAt(after, place, now) || !leadsBack(copy, now)))
    return fail(copy.end, "does not lead back");
  return Error::success();
}

} // namespace

Error verifyDisplaced(const Binary &before, const Binary &after,
                      ArrayRef<CodeCopy> displaced, ArrayRef<CodeCopy> copies) {
  DisplacedVerifier verifier(before, after, displaced, copies);
  for (const CodeCopy &copy : displaced)
    if (Error error = verifier.verify(copy))
      return error;
  return Error::success();
}

} // namespace hotpad
