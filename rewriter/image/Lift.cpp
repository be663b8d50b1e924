//===- Lift.cpp -----------------------------------------------------------===//

#include "rewriter/image/Lift.h"
#include "passes/Pass.h"
#include "rewriter/core/Apply.h"
#include "rewriter/core/MoveMap.h"
#include "rewriter/x86/BranchRelax.h"
#include "rewriter/x86/Decoder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace hotpad::image {

namespace {

class Lifter {
public:
  Lifter(const Binary &binary, const Function &function, const Config &config)
      : binary(binary), function(function), config(config),
        section(binary.sections[function.section]),
        size(function.end - function.entry) {}

  SkipReason run(LiftedFunction &lifted, LiftedCode &code) {
    if (SkipReason reason = read(); reason != SkipReason::None)
      return reason;
    if (!edit())
      return SkipReason::OverlapsEntry;
    code.bytes = applyEdits(old, edits);
    code.fields.clear();
    for (const Field &field : fields)
      code.fields.push_back(moved(field));
    for (uint64_t at : relocated)
      lifted.relocated.push_back(
          static_cast<uint32_t>(map.at(at, Side::Byte).value));
    if (goesOn)
      appendJump(code);
    lifted.size = code.bytes.size();
    lifted.map = std::move(map);
    return SkipReason::None;
  }

private:
  /// Offsets are from the entry.
  struct Field {
    uint64_t at, end;
    uint64_t target; ///< Old address, or offset when it is inside.
    uint8_t width;
    bool isBranch, isCall, inside;
  };

  /// A register that a call leaves its return address in.
  struct Taken {
    uint8_t number;
    uint64_t next; ///< Where code goes on with it.
    bool isKnown;  ///< What it holds is the call's own return address.
  };
  std::optional<Taken> takenReturnAddress(const Field &call);
  std::optional<Field> useOfReturnAddress(const Field &call,
                                          const Taken &taken);
  void findReached();
  SkipReason read();
  void addField(uint64_t at, const x86::Instruction &instruction);
  bool edit();
  LiftedField moved(const Field &field) const;
  void appendJump(LiftedCode &code) const;
  Side sideOf(const Field &field) const;

  const Binary &binary;
  const Function &function;
  const Config &config;
  const Section &section;
  uint64_t size;
  std::vector<uint8_t> old; ///< Bytes, with int3 where nothing leads to.
  std::vector<Field> fields;
  std::vector<uint64_t> relocated; ///< Of instructions that were reached.
  std::vector<bool> reached;       ///< By offset of an instruction.
  bool goesOn = false;             ///< Runs on behind its end.
  bool endsWithCall = false;
  EditList edits;
  std::vector<GrownBranch> grown;
  OffsetMap map;
};

/// Follows the copy's own control flow, from its entry and from where
/// exceptions land. Where tables and other code lead is in the old body.
void Lifter::findReached() {
  reached.assign(size, false);
  std::vector<uint64_t> starts = {0};
  auto key = [](const Place &place) {
    return std::pair(place.section, place.offset);
  };
  auto pad = partition_point(binary.landingPads, [&](const Place &place) {
    return key(place) < std::pair(function.section, function.entry);
  });
  for (; pad != binary.landingPads.end() && pad->section == function.section &&
         pad->offset < function.end;
       ++pad)
    starts.push_back(pad->offset - function.entry);
  while (!starts.empty()) {
    uint64_t at = starts.back();
    starts.pop_back();
    while (at < size && !reached[at]) {
      uint64_t offset = function.entry + at;
      unsigned length = section.code.length(offset);
      if (length == 0)
        break;
      reached[at] = true;
      at += length;
      Flow flow = section.code.flow(offset);
      bool mayLead =
          flow == Flow::Call || flow == Flow::Branch || flow == Flow::Jump;
      x86::Instruction instruction;
      if (mayLead &&
          x86::decode(binary.arch, section.bytes, offset, instruction)) {
        uint64_t target = at + static_cast<uint64_t>(instruction.field);
        if (instruction.isRelative && target < size)
          starts.push_back(target);
      }
      if (flow == Flow::Jump || flow == Flow::Stop ||
          flow == Flow::IndirectJump)
        break;
    }
  }
}

/// Decodes what is known to be code.
SkipReason Lifter::read() {
  old = section.bytes.slice(function.entry, size).vec();
  findReached();
  if (section.code.length(function.site) == 0)
    return SkipReason::EntryNotCode;
  Flow last = Flow::Stop;
  bool behindCall = false;
  for (uint64_t at = 0; at < size;) {
    uint64_t offset = function.entry + at;
    unsigned length = section.code.length(offset);
    if (length == 0 || !reached[at]) {
      // Data behind a call may be read through its return address.
      length = std::max(1u, length);
      if (!behindCall)
        std::fill_n(old.begin() + static_cast<ptrdiff_t>(at),
                    std::min<uint64_t>(length, size - at), 0xCC);
      last = Flow::Stop;
      at += length;
      continue;
    }
    if (length > size - at)
      return SkipReason::UnknownInstruction;
    if (section.code.mayHaveField(offset)) {
      x86::Instruction instruction;
      if (!x86::decode(binary.arch, section.bytes, offset, instruction) ||
          instruction.length != length)
        return SkipReason::UnknownInstruction;
      if (instruction.fieldOffset != 0)
        addField(at, instruction);
    }
    appendRelocated(binary, function.section, function.entry, at, length,
                    relocated);
    last = section.code.flow(offset);
    behindCall = last == Flow::Call;
    at += length;
  }
  endsWithCall = last == Flow::Call;
  goesOn =
      last != Flow::Stop && last != Flow::Jump && last != Flow::IndirectJump;
  std::vector<Field> measured;
  for (const Field &field : fields)
    if (std::optional<Taken> taken = takenReturnAddress(field)) {
      std::optional<Field> use = useOfReturnAddress(field, *taken);
      if (!use)
        return SkipReason::ReturnAddress;
      measured.push_back(*use);
    }
  llvm::append_range(fields, measured);
  for (const Place &place : binary.undecoded)
    if (place.section == function.section && place.offset >= function.entry &&
        place.offset < function.end)
      return SkipReason::UnknownInstruction;
  return SkipReason::None;
}

/// `call 1f; 1: pop %reg`, and calls of thunks: where they are, in a register.
std::optional<Lifter::Taken> Lifter::takenReturnAddress(const Field &call) {
  if (!call.isCall || !call.isBranch || (call.inside && call.target == 0))
    return std::nullopt;
  ArrayRef<uint8_t> code;
  if (call.inside) {
    code = ArrayRef(old).drop_front(call.target);
  } else if (Place callee = binary.placeAt(call.target); callee.section != 0) {
    ArrayRef<uint8_t> bytes = binary.sections[callee.section].bytes;
    code = bytes.drop_front(std::min<uint64_t>(callee.offset, bytes.size()));
  }
  if (std::optional<uint8_t> number = registerOfThunk(code))
    return Taken{*number, call.end, true};
  if (!call.inside)
    return std::nullopt;
  // A local subroutine returns; what pops the address wants the place.
  bool isPop = (code[0] & 0xF8) == 0x58;
  bool isWidePop =
      code[0] == 0x41 && code.size() > 1 && (code[1] & 0xF8) == 0x58;
  if (!isPop && !isWidePop && call.target != call.end)
    return std::nullopt;
  return Taken{static_cast<uint8_t>(code[0] & 7), call.target + 1,
               isPop && call.target == call.end};
}

/// What code does with the return address as a rule is to add the distance to
/// some place, the global offset table: the sum has to stay what it was. The
/// field of that distance; nothing when anything else is done with it.
std::optional<Lifter::Field> Lifter::useOfReturnAddress(const Field &call,
                                                        const Taken &taken) {
  if (!taken.isKnown || binary.arch != Arch::X86)
    return std::nullopt;
  for (uint64_t at = taken.next; at < size && reached[at];) {
    unsigned length = section.code.length(function.entry + at);
    x86::RegisterUse use = x86::useOfRegister(
        binary.arch, ArrayRef(old).slice(at, length), taken.number);
    Field field;
    field.at = at + use.fieldOffset;
    field.end = call.end;
    field.width = 4;
    field.isBranch = field.isCall = field.inside = false;
    field.target = (section.address + function.entry + call.end +
                    static_cast<uint64_t>(use.field)) &
                   UINT32_MAX;
    if (use.kind == x86::RegisterUse::Added && use.fieldWidth == 4)
      return field;
    Flow flow = section.code.flow(function.entry + at);
    if (use.kind != x86::RegisterUse::None ||
        (flow != Flow::Next && flow != Flow::Nop))
      return std::nullopt;
    at += length;
  }
  return std::nullopt;
}

void Lifter::addField(uint64_t at, const x86::Instruction &instruction) {
  Field field;
  field.at = at + instruction.fieldOffset;
  field.end = at + instruction.length;
  field.width = instruction.fieldWidth;
  field.isCall = instruction.flow == Flow::Call;
  field.isBranch = instruction.isRelative;
  uint64_t target = field.end + static_cast<uint64_t>(instruction.field);
  // Addresses that code takes keep meaning the old place; so does a call of
  // the function itself, which is one like any other.
  field.inside =
      instruction.isRelative && target < size && !(field.isCall && target == 0);
  field.target =
      field.inside ? target : section.address + function.entry + target;
  if (!field.inside && pointerSize(binary.arch) == 4)
    field.target &= UINT32_MAX;
  fields.push_back(field);
}

/// Jumps to the entry from inside stay behind the patch site.
Side Lifter::sideOf(const Field &field) const {
  return !field.isCall && function.entry + field.target == function.site
             ? Side::Byte
             : Side::Label;
}

/// Widens the entry and lengthens branches until every one reaches.
bool Lifter::edit() {
  Function single = function;
  single.skip = SkipReason::None;
  PassInput input{binary,        function.section,  ArrayRef(single),
                  config.layout, config.nopEntries, false};
  EditList entry;
  if (Error error = guardLoopingEntries(input, entry)) {
    consumeError(std::move(error));
    return false;
  }
  if (Error error = widenEntries(input, entry)) {
    consumeError(std::move(error));
    return false;
  }
  // A loop to an endbr before the site goes on behind the site as well.
  uint64_t site = function.site - function.entry;
  for (Field &field : fields)
    if (field.inside && !field.isCall && field.target == 0)
      field.target = site;

  std::vector<uint64_t> growing; // opcodes
  for (const Field &field : fields)
    if (field.width == 1 && !field.inside)
      growing.push_back(field.at - 1);
  while (true) {
    edits = EditList();
    grown.clear();
    for (const Edit &edit : entry.all()) {
      uint64_t offset = edit.offset - function.entry;
      if (edit.kind == EditKind::AfterLabel)
        edits.insertAfterLabel(offset, edit.bytes);
      else
        edits.replace(offset, edit.oldSize, edit.bytes);
    }
    for (uint64_t opcode : growing)
      grown.push_back(x86::growBranch(old, opcode, edits));
    Expected<OffsetMap> frozen = edits.freeze(size);
    if (!frozen) {
      consumeError(frozen.takeError());
      return false;
    }
    map = std::move(*frozen);
    size_t before = growing.size();
    for (const Field &field : fields) {
      if (field.width != 1 || !field.inside)
        continue;
      int64_t distance =
          static_cast<int64_t>(map.at(field.target, sideOf(field)).value -
                               map.at(field.end, Side::End).value);
      if (!isInt<8>(distance) && !is_contained(growing, field.at - 1))
        growing.push_back(field.at - 1);
    }
    if (growing.size() == before)
      return true;
    llvm::sort(growing);
  }
}

LiftedField Lifter::moved(const Field &field) const {
  LiftedField result;
  result.isBranch = field.isBranch;
  result.inCopy = field.inside;
  result.target =
      field.inside ? map.at(field.target, sideOf(field)).value : field.target;
  result.at = static_cast<uint32_t>(map.at(field.at, Side::Byte).value);
  result.end = static_cast<uint32_t>(map.at(field.end, Side::End).value);
  result.width = field.width;
  auto branch = find_if(grown, [&](const GrownBranch &candidate) {
    return field.width == 1 && candidate.offset + 1 == field.at;
  });
  if (branch != grown.end()) {
    result.at = static_cast<uint32_t>(map.at(branch->offset, Side::Byte).value +
                                      branch->field);
    result.end = result.at + 4;
    result.width = 4;
  }
  return result;
}

/// What ran on into the bytes behind the function jumps there, past NOPs: those
/// before the next function are its padding. Behind a call that does not return
/// there may be int3 as well.
void Lifter::appendJump(LiftedCode &code) const {
  uint64_t next = function.end;
  x86::Instruction instruction;
  while (x86::decode(binary.arch, section.bytes, next, instruction) &&
         instruction.flow == Flow::Nop)
    next += instruction.length;
  constexpr uint8_t kInt3 = 0xCC;
  if (endsWithCall && next < section.bytes.size() &&
      section.bytes[next] == kInt3) {
    code.bytes.push_back(kInt3);
    return;
  }
  LiftedField field;
  field.target = section.address + next;
  code.bytes.push_back(0xE9);
  field.at = static_cast<uint32_t>(code.bytes.size());
  code.bytes.resize(code.bytes.size() + 4, 0);
  field.end = static_cast<uint32_t>(code.bytes.size());
  field.width = 4;
  field.isBranch = true;
  code.fields.push_back(field);
}

} // namespace

std::optional<uint8_t> registerOfThunk(ArrayRef<uint8_t> code) {
  if (code.size() < 4 || code[0] != 0x8B || (code[1] & 0xC7) != 0x04 ||
      code[2] != 0x24 || code[3] != 0xC3)
    return std::nullopt;
  return static_cast<uint8_t>((code[1] >> 3) & 7);
}

void appendRelocated(const Binary &binary, SectionIndex section, uint64_t begin,
                     uint64_t at, unsigned length,
                     std::vector<uint64_t> &relocated) {
  auto field = partition_point(binary.relocated, [&](const Place &place) {
    return std::tuple(place.section, place.offset) <
           std::tuple(section, begin + at);
  });
  for (; field != binary.relocated.end() && field->section == section &&
         field->offset < begin + at + length;
       ++field)
    relocated.push_back(field->offset - begin);
}

SkipReason lift(const Binary &binary, const Function &function,
                const Config &config, LiftedFunction &lifted,
                LiftedCode &code) {
  return Lifter(binary, function, config).run(lifted, code);
}

} // namespace hotpad::image
