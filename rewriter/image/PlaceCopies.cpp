//===- PlaceCopies.cpp ----------------------------------------------------===//

#include "rewriter/image/PlaceCopies.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/x86/CopiesName.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/Padding.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace hotpad::image {

namespace {

constexpr uint8_t kInt3 = 0xCC;
constexpr uint64_t kSectionAlignment = 64;

/// The copy keeps the alignment of the old entry, as far as processors care;
/// 8 keeps the patch site in one word.
uint64_t alignmentOf(uint64_t address) {
  return address == 0 ? kSectionAlignment
                      : std::clamp<uint64_t>(1ull << countr_zero(address), 8,
                                             kSectionAlignment);
}

SmallVector<uint8_t, 32> longJump(uint64_t from, uint64_t to) {
  SmallVector<uint8_t, 32> jump(kJumpSize, 0xE9);
  writeFixed(jump.data() + 1, to - (from + kJumpSize), 4);
  return jump;
}

class Resolver {
public:
  Resolver(const Binary &binary, const Config &config, const ImagePlan &plan,
           NewSection &code)
      : binary(binary), config(config), plan(plan), code(code) {
    for (const PlannedFunction &planned : plan.functions)
      if (planned.tactic == Tactic::Forward)
        forwarded[addressOf(*planned.function)] = planned.address;
  }

  bool writeCopy(const PlannedFunction &planned) const;
  bool writeDisplaced(const DisplacedCode &displaced) const {
    return write(displaced.code, *displaced.function, displaced.address);
  }
  void patchDisplaced(const DisplacedCode &displaced, Patches &patches) const;
  void patchOldCode(const PlannedFunction &planned,
                    std::vector<Patch> &patches) const;
  void patchIslands(Patches &patches) const;

private:
  bool write(const LiftedCode &lifted, const Function &function,
             uint64_t address) const;
  uint64_t loopTarget(const Function &function, uint64_t target) const;
  uint64_t paddingEnd(const Function &function, uint64_t begin) const;
  uint64_t patchEntry(const PlannedFunction &planned,
                      std::vector<Patch> &patches) const;
  /// Where a jump or call to the old address \p target leads now.
  uint64_t newTarget(uint64_t target) const {
    auto copy = forwarded.find(target);
    return copy == forwarded.end() ? target : copy->second;
  }
  uint64_t addressOf(const Function &function) const {
    return binary.sections[function.section].address + function.entry;
  }

  const Binary &binary;
  const Config &config;
  const ImagePlan &plan;
  NewSection &code;
  DenseMap<uint64_t, uint64_t> forwarded; ///< Old entry to new one, addresses.
};

/// Where a jump in \p function to its own entry leads, which is at \p target:
/// past the patch site, if what was there is displaced.
uint64_t Resolver::loopTarget(const Function &function, uint64_t target) const {
  const DisplacedCode *entry =
      plan.displacedAt(function.section, function.site);
  return entry && entry->isEntry() ? entry->address : newTarget(target);
}

/// Makes the copy again.
bool Resolver::writeCopy(const PlannedFunction &planned) const {
  LiftedFunction again;
  LiftedCode lifted;
  lift(binary, *planned.function, config, again, lifted);
  return write(lifted, *planned.function, planned.address);
}

/// Writes code to \p address, with all that says where something is. False: a
/// field does not reach what it refers to.
bool Resolver::write(const LiftedCode &lifted, const Function &function,
                     uint64_t address) const {
  uint8_t *bytes =
      code.bytes.data() + static_cast<size_t>(address - code.address);
  llvm::copy(lifted.bytes, bytes);
  for (const LiftedField &field : lifted.fields) {
    uint64_t target = field.inCopy     ? address + field.target
                      : field.isLoop   ? loopTarget(function, field.target)
                      : field.isBranch ? newTarget(field.target)
                                       : field.target;
    int64_t value = static_cast<int64_t>(target - (address + field.end));
    if (field.width == 1 && isInt<8>(value)) {
      bytes[field.at] = static_cast<uint8_t>(value);
      continue;
    }
    if (pointerSize(binary.arch) == 4)
      value = SignExtend64<32>(static_cast<uint64_t>(value));
    if (field.width != 4 || !isInt<32>(value))
      return false;
    writeFixed(bytes + field.at, static_cast<uint64_t>(value), 4);
  }
  return true;
}

/// Where the padding ends that begins at \p begin, behind code of \p function;
/// \p begin when other things follow it than padding.
uint64_t Resolver::paddingEnd(const Function &function, uint64_t begin) const {
  auto next =
      partition_point(plan.functions, [&](const PlannedFunction &other) {
        return std::tie(other.function->section, other.function->entry) <=
               std::tie(function.section, function.entry);
      });
  const Section &section = binary.sections[function.section];
  uint64_t limit = next != plan.functions.end() &&
                           next->function->section == function.section
                       ? next->function->entry
                       : section.size;
  uint64_t end = begin;
  while (end < limit && section.code.length(end) == 0 &&
         (end == begin || !section.code.label(end)))
    ++end;
  return x86::isPadding(binary.arch, section.bytes, begin, end) ? end : begin;
}

/// The jump to the copy or to its island. Returns where the old code goes on
/// behind it.
uint64_t Resolver::patchEntry(const PlannedFunction &planned,
                              std::vector<Patch> &patches) const {
  const Function &function = *planned.function;
  const Section &section = binary.sections[function.section];
  SmallVector<uint8_t, 32> jump;
  if (planned.jump == EntryJump::Near)
    jump = longJump(section.address + function.site, planned.address);
  else
    jump = {0xEB, static_cast<uint8_t>(planned.island -
                                       (function.site + kShortJumpSize))};
  // What is left of the last instruction that the jump cuts, or of padding.
  uint64_t taken = function.site + jump.size();
  uint64_t end = function.site;
  while (end < taken && section.code.length(end) != 0)
    end += section.code.length(end);
  if (end < taken)
    end = std::max(taken, paddingEnd(function, end));
  jump.resize(static_cast<size_t>(end - function.site), kInt3);
  addPatches(patches, function.section, function.site, jump);
  return end;
}

/// Islands, and int3 around them. They lie in what other patches made unused.
void Resolver::patchIslands(Patches &patches) const {
  for (const CodeRange &range : plan.leftOver)
    addPatches(patches, range.section, range.begin,
               std::vector<uint8_t>(
                   static_cast<size_t>(range.end - range.begin), kInt3));
  for (const PlannedFunction &planned : plan.functions)
    if (planned.tactic == Tactic::Forward && planned.jump == EntryJump::Short) {
      SectionIndex section = planned.function->section;
      addPatches(patches, section, planned.island,
                 longJump(binary.sections[section].address + planned.island,
                          planned.address));
    }
}

/// The jump to what moved, and int3 up to where the next thing begins.
void Resolver::patchDisplaced(const DisplacedCode &displaced,
                              Patches &patches) const {
  const Function &function = *displaced.function;
  SmallVector<uint8_t, 32> jump =
      longJump(binary.sections[function.section].address + displaced.begin,
               displaced.address);
  jump.resize(static_cast<size_t>(displaced.freeEnd - displaced.begin), kInt3);
  addPatches(patches, function.section, displaced.begin, jump);
}

/// The jump to the copy, and direct calls and jumps that led to old entries.
void Resolver::patchOldCode(const PlannedFunction &planned,
                            std::vector<Patch> &patches) const {
  const Function &function = *planned.function;
  const Section &section = binary.sections[function.section];
  uint64_t from = function.entry;
  if (planned.tactic == Tactic::Forward)
    from = patchEntry(planned, patches);
  for (uint64_t at = from; at < function.end;) {
    unsigned length = section.code.length(at);
    x86::Instruction instruction;
    if (length == 0) {
      ++at;
      continue;
    }
    if (const DisplacedCode *moved = plan.displacedAt(function.section, at)) {
      at = moved->end;
      continue;
    }
    Flow flow = section.code.flow(at);
    bool mayLead =
        flow == Flow::Call || flow == Flow::Jump || flow == Flow::Branch;
    if (mayLead && x86::decode(binary.arch, section.bytes, at, instruction) &&
        instruction.isRelative && instruction.fieldWidth == 4) {
      uint64_t end = section.address + at + length;
      uint64_t old = end + static_cast<uint64_t>(instruction.field);
      if (pointerSize(binary.arch) == 4)
        old &= UINT32_MAX;
      bool isLoop =
          flow != Flow::Call && (old == section.address + function.entry ||
                                 old == section.address + function.site);
      uint64_t target = isLoop ? loopTarget(function, old) : newTarget(old);
      if (target != old) {
        uint8_t field[4];
        writeFixed(field, target - end, sizeof(field));
        addPatches(patches, function.section, at + instruction.fieldOffset,
                   field);
      }
    }
    at += length;
  }
}

} // namespace

NewSection placeCopies(const Binary &binary, const Config &config,
                       ImagePlan &plan, uint64_t begin) {
  NewSection code;
  code.name = kCopiesName;
  code.address = begin;
  code.alignment = kSectionAlignment;
  code.executable = true;
  uint64_t next = begin;
  for (DisplacedCode &displaced : plan.displaced) {
    displaced.address = next;
    next += displaced.lifted.size;
  }
  for (PlannedFunction &planned : plan.functions) {
    if (planned.tactic != Tactic::Forward)
      continue;
    const Function &function = *planned.function;
    uint64_t old = binary.sections[function.section].address + function.entry;
    planned.address = alignTo(next + config.layout.pad, alignmentOf(old));
    next = planned.address + planned.lifted.size;
  }
  code.bytes.assign(static_cast<size_t>(next - begin),
                    config.layout.nopPad ? 0x90 : kInt3);
  return code;
}

Error writeCopies(const Binary &binary, const Config &config,
                  const ImagePlan &plan, NewSection &code, Patches &patches) {
  Resolver resolver(binary, config, plan, code);
  auto fail = [&](const Function &function) {
    return errorAt(binary, function.section, function.entry,
                   "the copy of " + function.name +
                       " does not reach what it refers to");
  };
  for (const DisplacedCode &displaced : plan.displaced) {
    if (!resolver.writeDisplaced(displaced))
      return fail(*displaced.function);
    resolver.patchDisplaced(displaced, patches);
  }
  // Each part works on some functions. What they find is put together in their
  // order, after some of them, since it is much.
  struct Part {
    std::vector<Patch> patches;
    const PlannedFunction *unreached = nullptr;
  };
  constexpr size_t kPartSize = 256;
  std::vector<Part> parts(64);
  ArrayRef<PlannedFunction> rest = plan.functions;
  while (!rest.empty()) {
    parallelFor(0, parts.size(), [&](size_t i) {
      Part &part = parts[i];
      for (const PlannedFunction &planned :
           rest.drop_front(std::min(rest.size(), i * kPartSize))
               .take_front(kPartSize)) {
        if (planned.tactic == Tactic::Forward && !part.unreached &&
            !resolver.writeCopy(planned))
          part.unreached = &planned;
        resolver.patchOldCode(planned, part.patches);
      }
    });
    for (Part &part : parts) {
      if (part.unreached)
        return fail(*part.unreached->function);
      append_range(patches, part.patches);
      part.patches.clear();
    }
    rest = rest.drop_front(std::min(rest.size(), parts.size() * kPartSize));
  }
  resolver.patchIslands(patches);
  return Error::success();
}

} // namespace hotpad::image
