//===- Displace.cpp -------------------------------------------------------===//

#include "rewriter/image/Displace.h"
#include "rewriter/core/Apply.h"
#include "rewriter/core/MoveMap.h"
#include "rewriter/x86/BranchRelax.h"
#include "rewriter/x86/Decoder.h"

using namespace llvm;

namespace hotpad::image {

namespace {

class Displacing {
public:
  Displacing(const Binary &binary, DisplacedCode &result)
      : binary(binary), function(*result.function), result(result),
        section(binary.sections[function.section]),
        old(section.bytes.slice(result.begin, result.end - result.begin)) {}

  bool run(uint64_t next);

private:
  bool mayCall(const x86::Instruction &instruction, uint64_t target) const;
  bool addInstruction(uint64_t at, const x86::Instruction &instruction);
  bool growBranches();
  void appendJumpBack(uint64_t next);

  const Binary &binary;
  const Function &function;
  DisplacedCode &result;
  const Section &section;
  ArrayRef<uint8_t> old;
  std::vector<LiftedField> fields; ///< Offsets from `begin`, in the old code.
  std::vector<uint64_t> relocated;
};

/// Whether the callee does not care where it is called from. \p target is an
/// address.
bool Displacing::mayCall(const x86::Instruction &instruction,
                         uint64_t target) const {
  // Windows lists where longjmp may lead to.
  if (binary.format == Format::Coff)
    return false;
  if (!instruction.isRelative)
    return true;
  Place callee = binary.placeAt(target);
  if (callee.section == 0)
    return false;
  // A subroutine inside the function may pop the address, or replace it.
  bool isInside = callee.section == function.section &&
                  callee.offset > function.entry &&
                  callee.offset < function.end;
  ArrayRef<uint8_t> code = binary.sections[callee.section].bytes;
  code = code.drop_front(std::min<uint64_t>(callee.offset, code.size()));
  bool isPop = !code.empty() && (code[0] & 0xF8) == 0x58;
  return !isInside && !isPop && !registerOfThunk(code);
}

bool Displacing::addInstruction(uint64_t at,
                                const x86::Instruction &instruction) {
  uint64_t end = at + instruction.length;
  if (binary.isFilledIn(function.section, result.begin + at,
                        result.begin + end))
    return false;
  LiftedField field;
  if (instruction.fieldOffset != 0) {
    field.at = static_cast<uint32_t>(at + instruction.fieldOffset);
    field.end = static_cast<uint32_t>(end);
    field.width = instruction.fieldWidth;
    field.isBranch = instruction.isRelative;
    field.target = section.address + result.begin + end +
                   static_cast<uint64_t>(instruction.field);
    if (pointerSize(binary.arch) == 4)
      field.target &= UINT32_MAX;
    field.isLoop = field.isBranch && instruction.flow != Flow::Call &&
                   (field.target == section.address + function.entry ||
                    field.target == section.address + function.site);
    // An address in what moves may be wanted to read the code itself.
    uint64_t offset = field.target - section.address;
    if (!field.isBranch && offset >= result.begin && offset < result.end)
      return false;
    if (field.width != 4 && !(field.width == 1 && field.isBranch))
      return false;
    fields.push_back(field);
  }
  if (instruction.flow == Flow::Call && !mayCall(instruction, field.target))
    return false;
  appendRelocated(binary, function.section, result.begin, at,
                  instruction.length, relocated);
  return true;
}

/// Makes `lifted`: short branches become near ones, since all lead far away.
bool Displacing::growBranches() {
  EditList edits;
  std::vector<GrownBranch> grown;
  for (const LiftedField &field : fields)
    if (field.width == 1)
      grown.push_back(x86::growBranch(old, field.at - 1, edits));
  Expected<OffsetMap> map = edits.freeze(old.size());
  if (!map) {
    consumeError(map.takeError());
    return false;
  }
  result.code.bytes = applyEdits(old, edits);
  auto branch = grown.begin();
  for (LiftedField field : fields) {
    if (field.width == 1) {
      field.at = static_cast<uint32_t>(
          map->at(branch->offset, Side::Byte).value + branch->field);
      field.end = field.at + 4;
      field.width = 4;
      ++branch;
    } else {
      field.at = static_cast<uint32_t>(map->at(field.at, Side::Byte).value);
      field.end = static_cast<uint32_t>(map->at(field.end, Side::End).value);
    }
    result.code.fields.push_back(field);
  }
  for (uint64_t at : relocated)
    result.lifted.relocated.push_back(
        static_cast<uint32_t>(map->at(at, Side::Byte).value));
  result.lifted.map = std::move(*map);
  return true;
}

void Displacing::appendJumpBack(uint64_t next) {
  LiftedCode &lifted = result.code;
  LiftedField field;
  field.target = section.address + next;
  field.isBranch = true;
  field.width = 4;
  uint64_t begin = lifted.bytes.size();
  lifted.bytes.push_back(0xE9);
  field.at = static_cast<uint32_t>(lifted.bytes.size());
  lifted.bytes.resize(lifted.bytes.size() + 4, 0);
  field.end = static_cast<uint32_t>(lifted.bytes.size());
  lifted.fields.push_back(field);
  result.jumpBack = lifted.bytes.size() - begin;
}

bool Displacing::run(uint64_t next) {
  Flow last = Flow::Stop;
  for (uint64_t at = 0; at < old.size();) {
    x86::Instruction instruction;
    if (!x86::decode(binary.arch, section.bytes, result.begin + at,
                     instruction) ||
        instruction.length != section.code.length(result.begin + at) ||
        instruction.length > old.size() - at ||
        !addInstruction(at, instruction))
      return false;
    last = instruction.flow;
    at += instruction.length;
  }
  // Who returns twice, does so to an endbr by an indirect jump.
  if (last == Flow::Call &&
      x86::isEndbr(binary.arch, section.bytes, result.end))
    return false;
  if (!growBranches())
    return false;
  if (last != Flow::Stop && last != Flow::Jump && last != Flow::IndirectJump)
    appendJumpBack(next);
  result.lifted.size = result.code.bytes.size();
  return true;
}

} // namespace

std::optional<DisplacedCode> displace(const Binary &binary,
                                      const Function &function, uint64_t begin,
                                      uint64_t end, uint64_t next) {
  DisplacedCode result;
  result.function = &function;
  result.begin = begin;
  result.end = result.freeEnd = end;
  if (!Displacing(binary, result).run(next))
    return std::nullopt;
  return result;
}

} // namespace hotpad::image
