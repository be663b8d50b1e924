//===- MeasuredCode.cpp - numbers added to an address in code -------------===//
//
// Hand-written code may reach one place of its section from another, with a
// distance that the assembler has put in as a plain number:
//
//     lea  f(%rip), %rax            mov  $f, %ebx
//     add  $g-f, %rax               mov  table-f(%ebx,%edi,4), %eax
//
// or copy a function whose size is such a number:
//
//     lea  stub(%rip), %rsi
//     mov  $stub_end-stub, %ecx
//     rep movsb
//
// So the register that holds the address is followed through the function, as
// far as it is not copied to another. What is measured from it keeps its
// distance, and a function of just the size that is copied stays as it is.
// (For return addresses in 32-bit code see PicLabels.cpp.)
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <set>

using namespace llvm;

namespace hotpad::x86 {

namespace {

/// A register that holds the address of `target` from `next` on.
struct LoadedAddress {
  uint64_t target, next;
  uint8_t number; ///< Of the register.
};

} // namespace

constexpr uint8_t kSource = 6; ///< %rsi, from which `movs` copies.

/// What the code of \p reference loads: `lea place, %reg`, `mov $place, %reg`,
/// or in 64-bit code a call that pops its return address.
static std::optional<LoadedAddress> loadedBy(const Binary &binary,
                                             const Section &section,
                                             const Reference &reference) {
  uint64_t target = reference.target.offset;
  if (reference.isCall) { // `call next; next: pop`
    bool isPop = binary.arch == Arch::X86_64 &&
                 target == reference.base.offset && target < section.size &&
                 (section.bytes[target] & 0xF8) == 0x58;
    if (!isPop)
      return std::nullopt;
    return LoadedAddress{target, target + 1,
                         static_cast<uint8_t>(section.bytes[target] & 7)};
  }
  uint64_t start = section.code.instructionAround(reference.offset);
  if (reference.isBranch || start == ~0ull)
    return std::nullopt;
  auto number =
      registerLoadedByField(binary.arch, section.bytes.drop_front(start),
                            static_cast<unsigned>(reference.offset - start));
  if (!number)
    return std::nullopt;
  return LoadedAddress{target, start + section.code.length(start), *number};
}

void CodeWalker::addMeasuredCode() {
  if (binary.mode == Mode::Image)
    return;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (section.code.empty())
      continue;
    for (const Reference &reference : section.references) {
      if (reference.target.section != i)
        continue;
      if (auto loaded = loadedBy(binary, section, reference)) {
        followAddress(i, loaded->target, loaded->next, loaded->number);
        if (loaded->number == kSource)
          keepCopied(i, loaded->target, reference.offset);
      }
    }
  }
}

/// Follows register \p number, which holds the address of \p base, from \p next
/// on, until something else is in it or it goes where it is not followed.
void CodeWalker::followAddress(SectionIndex index, uint64_t base, uint64_t next,
                               uint8_t number) {
  constexpr size_t kMostInstructions = 1024;
  const Section &section = binary.sections[index];
  std::set<uint64_t> seen;
  std::vector<uint64_t> starts = {next};
  while (!starts.empty() && seen.size() < kMostInstructions) {
    uint64_t at = starts.back();
    starts.pop_back();
    if (section.code.length(at) == 0 || !seen.insert(at).second)
      continue;
    RegisterUse use =
        useOfRegister(binary.arch, section.bytes.drop_front(at), number);
    bool isSubtracted = use.kind == RegisterUse::Compared && use.overwrites;
    bool isMeasured = use.kind == RegisterUse::Added ||
                      use.kind == RegisterUse::Address || isSubtracted;
    uint64_t target =
        base + static_cast<uint64_t>(isSubtracted ? -use.field : use.field);
    if (isMeasured && use.fieldWidth != 0 && target <= section.size &&
        relocationAt(index, at + use.fieldOffset, use.fieldWidth) ==
            kNoRelocation)
      binary.uncertain.push_back({index, std::min(base, target),
                                  std::max(base, target),
                                  SkipReason::HiddenReference, false});
    if (use.kind == RegisterUse::Unknown || use.overwrites)
      continue;
    Instruction instruction;
    instruction.flow = section.code.flow(at);
    instruction.length = static_cast<uint8_t>(section.code.length(at));
    bool leads =
        instruction.flow == Flow::Branch || instruction.flow == Flow::Jump;
    if (!leads || decodeAt(index, at, instruction))
      addSuccessors(index, at, instruction, number, starts);
  }
}

/// Whether the instruction is `rep movs`; \p width is of what it copies at
/// once.
static bool isCopy(ArrayRef<uint8_t> bytes, unsigned &width) {
  if (bytes.size() < 2 || bytes[0] != 0xF3)
    return false;
  bool isWide = bytes.size() == 3 && bytes[1] == 0x48; // REX.W
  uint8_t opcode = bytes.back();
  width = opcode == 0xA4 ? 1 : isWide ? 8 : 4;
  return (opcode == 0xA4 || opcode == 0xA5) && bytes.size() == 2u + isWide;
}

/// The code at \p source loads the address of \p entry into %rsi: if `rep movs`
/// follows in the same function, and the size of the function at \p entry
/// stands there as a number, the function is copied.
void CodeWalker::keepCopied(SectionIndex index, uint64_t entry,
                            uint64_t source) {
  const Section &section = binary.sections[index];
  const Function *copied = binary.functionAt(index, entry);
  const Function *owner = binary.functionAt(index, source);
  if (!copied || copied->entry != entry || !copied->sized || !owner)
    return;
  constexpr uint8_t kMovToEcx = 0xB9;
  uint64_t count = 0;
  for (uint64_t at = owner->entry; at < owner->end;) {
    unsigned length = section.code.length(at);
    ArrayRef<uint8_t> bytes = section.bytes.slice(at, length);
    unsigned width = 0;
    if (length == 5 && bytes[0] == kMovToEcx &&
        relocationAt(index, at + 1, 4) == kNoRelocation)
      count = support::endian::read32le(&bytes[1]);
    else if (at > source && isCopy(bytes, width) &&
             count == divideCeil(copied->end - entry, width))
      binary.rigid.push_back(
          {index, entry, copied->end, SkipReason::HiddenReference});
    at += length ? length : 1;
  }
}

} // namespace hotpad::x86
