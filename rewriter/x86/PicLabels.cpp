//===- PicLabels.cpp - how 32-bit code learns where it is -----------------===//
//
// 32-bit code has no rip-relative operands. It takes a return address and
// measures from there:
//
//        call 1f                            call __x86.get_pc_thunk.bx
//     1: pop  %ebx                       1: add  $(table - 1b), %ebx
//        lea  (table - 1b)(%ebx), %eax
//
// Most of the time what is added is GOTPC (see addDistanceFromLabel). Written
// by hand it may be any place:
//
// - In another section the field carries a PC32 relocation, whose addend holds
//   the distance from the label to the field.
// - In the same section the assembler has put in the difference, and nothing
//   shows it but the register: the label's register is followed through the
//   function, and what is added to it is a reference.
//
// Which label is meant is certain when the addition follows at once. When it is
// not, or when the register goes where it is not followed, nothing between the
// possible labels may move (UncertainTarget): the functions there are skipped.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace llvm;

namespace hotpad::x86 {

/// Behind what a patcher's entry may have before the function's own code.
static uint64_t skipEntryNops(const Section &section, uint64_t offset) {
  if (isEndbr(Arch::X86, section.bytes, offset))
    offset += 4;
  Instruction instruction;
  while (offset < section.bytes.size() &&
         decode(Arch::X86, section.bytes, offset, instruction) &&
         instruction.flow == Flow::Nop)
    offset += instruction.length;
  return offset;
}

/// The register that `mov (%esp), %reg; ret` at \p offset loads.
static std::optional<uint8_t> thunkRegister(const Section &section,
                                            uint64_t offset) {
  if (offset + 4 > section.bytes.size())
    return std::nullopt;
  const uint8_t *at = section.bytes.data() + offset;
  if (at[0] != 0x8B || (at[1] & 0xC7) != 0x04 || at[2] != 0x24 || at[3] != 0xC3)
    return std::nullopt;
  return static_cast<uint8_t>((at[1] >> 3) & 7);
}

/// Whether the code at \p offset begins by reading its return address.
static bool readsReturnAddress(const Section &section, uint64_t offset) {
  if (offset + 3 > section.bytes.size())
    return false;
  const uint8_t *at = section.bytes.data() + offset;
  // A mov to it (0x89, 0xC7) puts another in its place: a retpoline.
  constexpr uint8_t kNoRead[] = {0x8D /*lea*/, 0x89, 0xC7};
  return (at[0] & 0xF8) == 0x58 || // pop, in its short and in its wide form
         (at[0] == 0x8F && (at[1] & 0xF8) == 0xC0) ||
         (!is_contained(kNoRead, at[0]) && (at[1] & 0xC7) == 0x04 &&
          at[2] == 0x24);
}

void CodeWalker::notePicLabel(const Reference &call) {
  if (binary.arch != Arch::X86 || binary.mode == Mode::Image)
    return;
  const Place &label = call.base;
  const Section &section = binary.sections[label.section];
  const Section &callee = binary.sections[call.target.section];
  if (!callee.executable || call.target.offset >= callee.bytes.size())
    return;
  auto note = [&](uint64_t next, std::optional<uint8_t> loaded) {
    picLabels[label.section].push_back({label.offset, next, loaded});
  };
  uint64_t begin = skipEntryNops(callee, call.target.offset);
  if (call.target.section == label.section &&
      call.target.offset == label.offset) {
    uint8_t first = section.bytes[label.offset];
    const Function *function = binary.functionAt(label.section, label.offset);
    if ((first & 0xF8) == 0x58) // pop
      return note(label.offset + 1, static_cast<uint8_t>(first & 7));
    if (!function || function->entry != label.offset)
      return note(label.offset, std::nullopt);
    // Otherwise a call of the next function.
  }
  if (auto loaded = thunkRegister(callee, begin))
    note(label.offset, loaded);
  else if (readsReturnAddress(callee, begin))
    note(label.offset, std::nullopt);
}

void CodeWalker::addPicReferences() {
  if (binary.arch != Arch::X86 || binary.mode == Mode::Image)
    return;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    Section &section = binary.sections[i];
    if (section.code.empty())
      continue;
    auto &labels = picLabels[i];
    llvm::sort(labels, [](const PicLabel &a, const PicLabel &b) {
      return a.offset < b.offset;
    });
    for (const PicLabel &label : labels)
      followLabelRegister(i, label);
    for (uint32_t r = 0; r != section.relocations.size(); ++r) {
      const Relocation &relocation = section.relocations[r];
      if (handled[i][r] || branchOperands[i].contains(r) ||
          !relocation.pcRelative || !relocation.namesPlace)
        continue;
      uint64_t start = section.code.instructionAround(relocation.offset);
      if (start != ~0ull)
        addMeasuredFromLabel(i, r, start);
    }
  }
}

/// The field of relocation \p number, in the instruction at \p start, is
/// measured from the label before it.
void CodeWalker::addMeasuredFromLabel(SectionIndex index, uint32_t number,
                                      uint64_t start) {
  Section &section = binary.sections[index];
  const Relocation &relocation = section.relocations[number];
  const Symbol &symbol = binary.symbols[relocation.symbol];
  const Function *owner = binary.functionAt(index, relocation.offset);
  uint64_t lowest = owner ? owner->site + section.code.length(owner->site) : 0;
  uint64_t highest = relocation.offset;
  ArrayRef<PicLabel> labels = picLabels[index];
  auto end = partition_point(
      labels, [&](const PicLabel &label) { return label.offset <= start; });
  auto begin =
      std::partition_point(labels.begin(), end, [&](const PicLabel &label) {
        return label.offset < lowest;
      });
  uint64_t label = relocation.offset;
  if (begin != end) {
    label = highest = std::prev(end)->offset;
    lowest = std::prev(end)->next == start ? label : begin->offset;
  }

  Reference reference;
  reference.offset = relocation.offset;
  reference.width = relocation.width;
  reference.relocation = number;
  reference.isCode = true;
  reference.base = {label, index, Side::Label};
  uint64_t plain = symbol.offset + static_cast<uint64_t>(relocation.addend);
  if (symbol.section != 0) {
    uint64_t target = plain - (relocation.offset - label);
    bool isInside = target <= binary.sections[symbol.section].size;
    reference.target = {isInside ? target : symbol.offset, symbol.section,
                        Side::Label};
    markLabel(reference.target);
    if (isInside && binary.sections[symbol.section].executable)
      addressTaken.push_back({reference.target, {start, index, Side::Label}});
  }
  handled[index][number] = true;
  section.references.push_back(reference);
  if (lowest == highest)
    return;
  binary.uncertain.push_back(
      {index, lowest, highest, SkipReason::HiddenReference, true});
  if (symbol.section != 0 && binary.sections[symbol.section].executable)
    binary.uncertain.push_back(
        {symbol.section, plain - std::min(plain, relocation.offset - lowest),
         plain - std::min(plain, relocation.offset - highest),
         SkipReason::HiddenReference, true});
}

/// Follows the register that holds the address of \p label on all ways through
/// the function until something else is in it, and adds references for what is
/// measured from it.
void CodeWalker::followLabelRegister(SectionIndex index,
                                     const PicLabel &label) {
  const Section &section = binary.sections[index];
  const Function *owner = binary.functionAt(index, label.offset);
  std::set<uint64_t> seen;
  std::vector<uint64_t> starts = {label.next};
  bool known = label.loaded.has_value();
  while (known && !starts.empty()) {
    uint64_t at = starts.back();
    starts.pop_back();
    if (!seen.insert(at).second)
      continue;
    Instruction instruction;
    known = binary.functionAt(index, at) == owner &&
            section.code.length(at) != 0 && decodeAt(index, at, instruction);
    Followed followed = Followed::Lost;
    if (known)
      followed = followOneUse(index, label, at);
    if (followed == Followed::Done)
      continue;
    known = followed == Followed::On &&
            addSuccessors(index, at, instruction, *label.loaded, starts);
  }
  if (!known)
    binary.uncertain.push_back(
        {index, 0, section.size, SkipReason::HiddenReference, true});
}

/// What the instruction at \p at does with the register of \p label.
CodeWalker::Followed CodeWalker::followOneUse(SectionIndex index,
                                              const PicLabel &label,
                                              uint64_t at) {
  Section &section = binary.sections[index];
  RegisterUse use =
      useOfRegister(binary.arch, section.bytes.drop_front(at), *label.loaded);
  const Relocation *relocation = nullptr;
  if (use.fieldWidth != 0) {
    uint32_t number = relocationAt(index, at + use.fieldOffset, use.fieldWidth);
    if (number != kNoRelocation)
      relocation = &section.relocations[number];
  }
  switch (use.kind) {
  case RegisterUse::None:
    return Followed::On;
  case RegisterUse::Overwritten:
    return Followed::Done;
  case RegisterUse::Unknown:
    return Followed::Lost;
  case RegisterUse::Compared: // with an address: the linker's business
    if (!relocation || relocation->pcRelative || !relocation->namesPlace)
      return Followed::Lost;
    break;
  case RegisterUse::Added:
  case RegisterUse::Address:
    if (relocation) {
      if (!relocation->pcRelative)
        return Followed::Lost;
      break;
    }
    uint64_t target = label.offset + static_cast<uint64_t>(use.field);
    if (target > section.size)
      return Followed::Lost;
    addHiddenReference(index, at, use, label.offset, target);
    break;
  }
  return use.overwrites ? Followed::Done : Followed::On;
}

/// Where control goes from the instruction at \p at. False when that is not
/// known, or when a caller may get to see the register.
bool CodeWalker::addSuccessors(SectionIndex index, uint64_t at,
                               const Instruction &instruction, uint8_t loaded,
                               std::vector<uint64_t> &starts) const {
  constexpr uint8_t kResult = 0; // eax
  uint64_t end = at + instruction.length;
  switch (instruction.flow) {
  case Flow::Stop:
    return loaded != kResult;
  case Flow::IndirectJump:
    return false;
  case Flow::Branch:
  case Flow::Jump:
    if (relocationAt(index, at + instruction.fieldOffset,
                     instruction.fieldWidth) != kNoRelocation)
      return false;
    starts.push_back(end + static_cast<uint64_t>(instruction.field));
    if (instruction.flow == Flow::Jump)
      return true;
    break;
  default:
    break;
  }
  starts.push_back(end);
  return true;
}

/// A distance from label to target that the assembler has put in.
void CodeWalker::addHiddenReference(SectionIndex index, uint64_t at,
                                    const RegisterUse &use, uint64_t label,
                                    uint64_t target) {
  if (use.fieldWidth == 0) // the label itself
    return;
  if (use.fieldWidth < 4) { // no room for it to grow
    binary.uncertain.push_back({index, std::min(label, target),
                                std::max(label, target),
                                SkipReason::HiddenReference, true});
    return;
  }
  Reference reference;
  reference.offset = at + use.fieldOffset;
  reference.width = use.fieldWidth;
  reference.isCode = true;
  reference.target = {target, index, Side::Label};
  reference.base = {label, index, Side::Label};
  markLabel(reference.target);
  addressTaken.push_back({reference.target, {at, index, Side::Label}});
  binary.sections[index].references.push_back(reference);
}

} // namespace hotpad::x86
