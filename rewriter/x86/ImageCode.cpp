//===- ImageCode.cpp - control flow of linked code ------------------------===//
//
// In an image there are no relocations to go by, and none are needed to read
// the code: every field holds its final value. What control flow reaches from
// functions and from what the loader fills in is code, nothing else is taken
// for it. The cases of a switch are found by the table that its function reads:
//
//     jmp *table(,%rax,8)                   addresses of cases
//     lea table(%rip), %rdx; movslq (%rdx,%rax,4), %rax
//     add %rdx, %rax; jmp *%rax             distances of cases from the table
//     lea __ImageBase(%rip), %rdx           MSVC: RVAs of cases, in a table
//     mov table(%rdx,%rax,4), %eax          behind the function
//
// A table that is not found does no harm: a function is copied without its
// cases being known, since its old body stays where it is and goes on serving
// them (image/Lift.cpp). But code that is not known may branch, so bytes that
// could be a branch to the beginning of a function count as one.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/CodeWalker.h"
#include "rewriter/x86/Functions.h"
#include "rewriter/x86/Padding.h"
#include "rewriter/x86/UnknownCode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <optional>

using namespace llvm;

namespace hotpad::x86 {

void CodeWalker::runInImage() {
  seed();
  seedFromRoots();
  drain();
  do {
    drain();
    if (addCalledPlaces(binary, takeCalls()))
      reseedFunctions();
  } while (!work.empty() || followImageTables() || followScopes() ||
           followPointers(false) || followForwards() || followPointers(true));
  noteBranchesOut();
  for (const TakenAddress &branch : branches) {
    Reference reference;
    reference.offset = branch.source.offset;
    reference.target = branch.target;
    addBranchToSite(branch.source.section, reference);
  }
  scanUnknownCode();
  auto isBefore = [](const Place &a, const Place &b) {
    return std::tie(a.section, a.offset) < std::tie(b.section, b.offset);
  };
  llvm::sort(binary.filledIn, isBefore);
  llvm::sort(binary.landingPads, isBefore);
}

/// A pointer into a function leads to a label in it when something there may
/// jump by it.
void CodeWalker::seedFromRoots() {
  drain();
  for (const auto &[root, source] : binary.roots) {
    noteWayIn(root, Flow::Next, false);
    markLabel(root);
    const Function *function = binary.functionAt(root.section, root.offset);
    if (!function || jumpsIndirectly(*function))
      work.push_back({root.section, root.offset});
  }
  for (const Place &pad : binary.landingPads)
    insertWayIn(pad);
}

/// hasIndirectJump() by what was noted in passing.
bool CodeWalker::jumpsIndirectly(const Function &function) const {
  return indirectJumps.firstIn(function.section, function.entry, function.end)
      .has_value();
}

/// Reads what may be tables of cases, each when its function is known to jump
/// by one. Where a table ends that no comparison bounds is known when the table
/// behind it is: so these are read one case at a time, and the code of each
/// case is followed before the next is believed. Returns whether anything was
/// new.
bool CodeWalker::followImageTables() {
  std::vector<TakenAddress> later;
  const Function *owner = nullptr; // most often the last one's, too
  bool ownerJumps = false;
  for (const TakenAddress &address : addressOperands) {
    const Function *function =
        binary.functionAt(address.source.section, address.source.offset);
    if (function != owner)
      ownerJumps = function && jumpsIndirectly(*function);
    owner = function;
    if (!ownerJumps)
      later.push_back(address);
    else if (inlineTables
                 .insert({address.target.section, address.target.offset})
                 .second)
      imageTables.push_back(openTable(address));
  }
  addressOperands = std::move(later);
  bool any = !imageTables.empty();
  while (!imageTables.empty()) {
    llvm::erase_if(imageTables,
                   [&](ImageTable &table) { return !readCases(table); });
    drain();
  }
  return any;
}

/// Whether a case of a switch in \p owner may be there.
bool CodeWalker::mayBeCase(Place place, const Function &owner) const {
  if (place.section == 0 || !binary.sections[place.section].executable ||
      splitsInstruction(binary.sections[place.section].code, place.offset))
    return false;
  if (place.section == owner.section && place.offset >= owner.entry &&
      place.offset < owner.end)
    return true;
  const UnwindRange *range = rangeAt(place);
  return range && range->entersMidway;
}

/// The largest index that the code before \p offset lets through: it compares
/// with a number and jumps away when the index is above.
static std::optional<uint64_t> findBound(Arch arch, const Section &section,
                                         uint64_t offset) {
  constexpr unsigned kFarthest = 8; // instructions
  bool isJump = false, isStrict = false;
  for (unsigned i = 0; i != kFarthest; ++i) {
    uint64_t at = section.code.instructionEndingAt(offset);
    if (at == ~0ull)
      return std::nullopt;
    offset = at;
    const uint8_t *bytes = section.bytes.data() + at;
    unsigned length = section.code.length(at);
    if (section.code.flow(at) == Flow::Branch) {
      uint8_t condition = length == 2 ? bytes[0] : bytes[1];
      condition &= 0x0F;
      isJump = condition == 7 || condition == 3; // ja, jae
      isStrict = condition == 3;
      if (!isJump)
        return std::nullopt;
      continue;
    }
    if (!isJump) {
      if (section.code.flow(at) != Flow::Next)
        return std::nullopt;
      continue;
    }
    uint64_t operand = section.code.length(at);
    bool hasRex = arch == Arch::X86_64 && (bytes[0] & 0xF0) == 0x40;
    const uint8_t *opcode = bytes + (bytes[0] == 0x66) + hasRex;
    uint64_t value;
    bool comparesModRm = (opcode[1] & 0x38) == 0x38;
    if (((*opcode == 0x80 || *opcode == 0x83) && comparesModRm) ||
        *opcode == 0x3C)
      value = bytes[operand - 1];
    else if (((*opcode == 0x81 && comparesModRm) || *opcode == 0x3D) &&
             bytes[0] != 0x66)
      value = support::endian::read32le(bytes + operand - 4);
    else
      return std::nullopt;
    return isStrict ? value - 1 : value;
  }
  return std::nullopt;
}

CodeWalker::ImageTable CodeWalker::openTable(const TakenAddress &address) {
  ImageTable table;
  table.start = address.target;
  table.source = address.source;
  // What an instruction reads by its address has addresses in it, or by its RVA
  // has RVAs; what it only takes the address of has distances.
  table.hasDistances = address.target.side != Side::Byte;
  table.width =
      table.hasDistances || accessesRvas() ? 4 : pointerSize(binary.arch);
  table.base =
      table.hasDistances
          ? binary.sections[table.start.section].address + table.start.offset
      : accessesRvas() ? binary.base
                       : 0;
  table.next = address.target.offset;
  const Section &code = binary.sections[address.source.section];
  if (std::optional<uint64_t> bound =
          findBound(binary.arch, code, address.source.offset);
      bound && *bound < UINT32_MAX)
    table.end = table.next + (*bound + 1) * table.width;
  return table;
}

/// The case that the field at `next` leads to; section 0: none.
Place CodeWalker::nextCase(const ImageTable &table) const {
  const Section &home = binary.sections[table.start.section];
  if (table.next > home.bytes.size() ||
      home.bytes.size() - table.next < table.width)
    return {};
  const uint8_t *field = home.bytes.data() + table.next;
  uint64_t value = table.width == 8 ? support::endian::read64le(field)
                                    : support::endian::read32le(field);
  value = table.base + (table.hasDistances
                            ? static_cast<uint64_t>(SignExtend64<32>(value))
                            : value);
  const Function *owner =
      binary.functionAt(table.source.section, table.source.offset);
  Place place = binary.placeAt(value);
  return owner && mayBeCase(place, *owner) ? place : Place();
}

/// Follows cases of \p table: all up to a known end, else the next one. False
/// when it has no more.
bool CodeWalker::readCases(ImageTable &table) {
  bool isBounded = table.end != ~0ull;
  do {
    bool isOther = !isBounded && operandPlaces.firstIn(table.start.section,
                                                       table.start.offset + 1,
                                                       table.next + 1);
    Place place =
        isOther || table.next >= table.end ? Place() : nextCase(table);
    if (place.section == 0)
      return false;
    markLabel(place);
    insertWayIn(place);
    work.push_back({place.section, place.offset});
    noteCase(table, place);
    table.next += table.width;
    if (binary.sections[table.start.section].executable)
      tablesInCode[{table.start.section, table.start.offset}] = table.next;
  } while (isBounded);
  return true;
}

/// Whether what looks like an address of 32 bits is an RVA: 64-bit Windows has
/// nothing else there, and MSVC's code keeps the image's address in a register.
bool CodeWalker::accessesRvas() const {
  return binary.format == Format::Coff && binary.arch == Arch::X86_64;
}

void CodeWalker::noteOperand(Place target, Place source) {
  addressOperands.push_back({target, source});
  operandPlaces.insert(target.section, target.offset,
                       binary.sections[target.section].bytes.size());
}

/// What an instruction reads at a fixed address.
void CodeWalker::noteImageAccess(SectionIndex index, uint64_t offset,
                                 const Instruction &instruction) {
  uint64_t address = static_cast<uint64_t>(int64_t(static_cast<int32_t>(
      support::endian::read32le(binary.sections[index].bytes.data() + offset +
                                instruction.accessOffset))));
  if (pointerSize(binary.arch) == 4)
    address &= UINT32_MAX;
  if (accessesRvas())
    address = (address & UINT32_MAX) + binary.base;
  Place place = binary.placeAt(address);
  if (place.section == 0 || binary.sections[place.section].writable)
    return;
  place.side = Side::Byte;
  noteOperand(place, {offset, index, Side::Label});
}

/// Bytes that were not decoded may be code that a table leads to. Whatever in
/// them could be a branch to the first bytes of a function counts as one.
void CodeWalker::scanUnknownCode() {
  forEachUnknownBranch(binary, [&](Place source, uint64_t target) {
    noteUnknownBranch(source, target);
  });
}

void CodeWalker::noteUnknownBranch(Place source, uint64_t target) {
  SectionIndex index = source.section;
  auto *function = const_cast<Function *>(binary.functionAt(index, target));
  constexpr uint64_t kFirstBytes = 5; // as many as a jump takes
  if (!function || target > function->site + kFirstBytes ||
      !mayBeBranchedTo(binary.sections[index], target))
    return;
  if (isInside(index, source.offset, *function)) {
    bool leadsToSite = target == function->entry || target == function->site;
    function->branchToSite |= leadsToSite;
    function->branchToSiteElsewhere |= leadsToSite;
    function->branchIntoSite |= target == function->site + 1;
  }
  if (target != function->entry) {
    markLabel({target, index, Side::Label});
    insertWayIn({target, index, Side::Label});
  }
}

/// Whether what is copied at \p copy is no more than the jump at its old entry
/// has taken the place of: a jump itself, as in tables of thunks.
bool CodeWalker::isTiny(Place copy) const {
  constexpr unsigned kJumpSize = 5;
  const Section &section = binary.sections[copy.section];
  Instruction instruction;
  for (unsigned size = 0; size <= kJumpSize;
       copy.offset += instruction.length) {
    if (!decode(binary.arch, section.bytes, copy.offset, instruction) ||
        instruction.flow == Flow::Branch)
      return false;
    if (instruction.flow != Flow::Nop) // may be the copy's alone
      size += instruction.length;
    if (instruction.flow == Flow::Jump || instruction.flow == Flow::Stop ||
        instruction.flow == Flow::IndirectJump)
      return size <= kJumpSize;
  }
  return false;
}

/// A function that begins with a jump to another section may have been
/// forwarded there: its old body goes on behind the jump and int3, if there is
/// more than padding.
void CodeWalker::followOldBody(const Function &function, uint64_t at,
                               Place copy) {
  const Section &section = binary.sections[function.section];
  if (isTiny(copy))
    return;
  while (at < function.end && section.bytes[at] == 0xCC)
    ++at;
  if (at < function.end &&
      !isPadding(binary.arch, section.bytes, at, function.end))
    work.push_back({function.section, at});
}

void CodeWalker::insertWayIn(Place place) {
  binary.waysIn.insert(place.section, place.offset,
                       binary.sections[place.section].bytes.size());
}

/// Something outside a function leads into it, or takes an address in it.
void CodeWalker::noteWayIn(Place place, Flow flow, bool isBranch) {
  insertWayIn(place);
  auto *function =
      const_cast<Function *>(binary.functionAt(place.section, place.offset));
  if (!function || function->entry != place.offset)
    return;
  function->isBranchedTo |= isBranch && flow == Flow::Branch;
  function->isCalled |= !isBranch || flow == Flow::Call;
  function->isDirectlyCalled |= isBranch && flow == Flow::Call;
}

/// A function that was found late was taken for the end of the one before it
/// until then, whose size is unknown, and branches to it for branches inside.
void CodeWalker::noteBranchesOut() {
  for (const Function &function : binary.functions) {
    const Section &section = binary.sections[function.section];
    for (uint64_t at = function.entry; !function.sized && at < function.end;) {
      unsigned length = section.code.length(at);
      Flow flow = section.code.flow(at);
      Instruction instruction;
      bool isBranch = length != 0 &&
                      (flow == Flow::Branch || flow == Flow::Jump) &&
                      decode(binary.arch, section.bytes, at, instruction) &&
                      instruction.isRelative;
      Place source{at, function.section, Side::Label};
      at += std::max(1u, length);
      Place target{at + static_cast<uint64_t>(instruction.field),
                   function.section, Side::Label};
      if (!isBranch || target.offset >= section.size ||
          (target.offset >= function.entry && target.offset < function.end))
        continue;
      noteWayIn(target, flow, true);
      branches.push_back({target, source});
    }
  }
}

/// References are not kept: whoever copies code decodes it again, which costs
/// less than the memory for all of them.
void CodeWalker::visitInImage(SectionIndex index, uint64_t offset,
                              const Instruction &instruction,
                              const Function *owner) {
  const Section &own = binary.sections[index];
  if (instruction.flow == Flow::IndirectJump)
    indirectJumps.insert(index, offset, own.bytes.size());
  if (instruction.fieldOffset == 0) {
    if (instruction.accessOffset != 0)
      noteImageAccess(index, offset, instruction);
    scopes.note(index, offset, instruction.length);
    return;
  }
  uint64_t end = offset + instruction.length;
  uint64_t address = binary.sections[index].address + end +
                     static_cast<uint64_t>(instruction.field);
  if (pointerSize(binary.arch) == 4)
    address &= UINT32_MAX;
  Reference reference;
  if (address - own.address < own.size)
    reference.target = {address - own.address, index, Side::Label};
  else
    reference.target = binary.placeAt(address);
  reference.base = {end, index, Side::End};
  const Place target = reference.target;
  if (target.section == 0)
    return;
  const Section &home = binary.sections[target.section];
  if (!instruction.isRelative && !home.writable)
    noteOperand(target, {offset, index, Side::Label});
  if (!home.executable)
    return;
  bool isInside = owner && target.section == index &&
                  target.offset > owner->entry && target.offset < owner->end;
  if (owner && offset == owner->site && instruction.flow == Flow::Jump &&
      instruction.isRelative && target.section != index) {
    forwarded.insert({target.section, target.offset});
    followOldBody(*owner, end, target);
  }
  if (!isInside || !instruction.isRelative)
    noteWayIn(target, instruction.flow, instruction.isRelative);
  addTarget(reference, offset, instruction);
  // What loops to an entry, or comes from a part elsewhere.
  if (reference.isBranch && !(isInside && target.offset > offset))
    branches.push_back({target, {offset, index, Side::Label}});
}

/// Where bytes that nothing leads to, and that are no table of a switch, begin
/// in [begin, end). A table of which only the beginning is known (bytes that
/// number the cases) may have everything behind it.
uint64_t CodeWalker::skipTables(SectionIndex index, uint64_t begin,
                                uint64_t end) const {
  for (std::optional<uint64_t> place = operandPlaces.firstIn(index, begin, end);
       place; place = operandPlaces.firstIn(index, *place + 1, end)) {
    auto table = tablesInCode.find({index, *place});
    if (table == tablesInCode.end()) {
      while (end > *place && binary.sections[index].bytes[end - 1] == 0xCC)
        --end;
      begin = std::max(begin, end);
    } else if (*place - begin < 16 ||
               isPadding(binary.arch, binary.sections[index].bytes, begin,
                         *place)) {
      begin = std::max(begin, table->second);
    }
  }
  return begin;
}

} // namespace hotpad::x86
