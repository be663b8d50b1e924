//===- Relayout.cpp - the pipeline for images with their relocations ------===//
//
//     take apart -> discover -> plan -> lay out -> apply -> move references
//          -> link again -> tables -> write -> verify
//
// An image that was linked with --emit-relocs says of every field that holds an
// address what it is the address of. So its code can be rewritten as that of an
// object is, with pads and wide entries in place and no copy, no jump between
// old and new: code sections go to new addresses behind the end of the image,
//
//     .text  pad | f: ... | pad | g: ...                  read, execute
//
// and what referred to the old ones follows. Data keeps its address. Where the
// old code was there is int3.
//
//===----------------------------------------------------------------------===//

#include "rewriter/Relayout.h"
#include "passes/Pass.h"
#include "passes/SelectFunctions.h"
#include "rewriter/CodePlan.h"
#include "rewriter/ImageSections.h"
#include "rewriter/VerifyContract.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/discover/Discover.h"
#include "rewriter/verify/Verify.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace hotpad {

namespace {

constexpr uint8_t kInt3 = 0xCC;

/// New sections for all code that moves; without contents as yet. Sets how far
/// each moves.
std::vector<NewSection> placeCode(const ObjectFile &object, Plan &plan) {
  const Binary &binary = object.binary;
  std::vector<NewSection> code;
  uint64_t next = object.firstFreeAddress();
  plan.map.shifts.assign(binary.sections.size(), 0);
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (!section.laidOutAnew)
      continue;
    NewSection moved;
    moved.name = section.name.str();
    moved.alignment = neededAlignment(section, binary.functionsOf(i));
    moved.address =
        alignTo(next, std::max(moved.alignment, object.sectionAlignment()));
    moved.executable = true;
    moved.replaces = i;
    next = moved.address + plan.map[i].at(section.size, Side::Byte).value;
    plan.map.shifts[i] = static_cast<int64_t>(moved.address - section.address);
    code.push_back(std::move(moved));
  }
  return code;
}

/// Does what the linker did: every field with a kept relocation gets its value.
Error linkAgain(const Binary &binary, const MoveMap &map, SectionIndex index,
                MovedSection &moved) {
  const Section &section = binary.sections[index];
  ArrayRef<Relocation> relocations = moved.relocationsChanged
                                         ? ArrayRef(moved.relocations)
                                         : ArrayRef(section.relocations);
  if (relocations.empty())
    return Error::success();
  if (!moved.bytesChanged) {
    moved.bytesChanged = true;
    moved.bytes = section.bytes.vec();
  }
  uint64_t address = section.address + static_cast<uint64_t>(map.shift(index));
  for (size_t i = 0; i != relocations.size(); ++i) {
    const Relocation &relocation = relocations[i];
    const Symbol &symbol = binary.symbols[relocation.symbol];
    uint64_t value =
        binary.sections[symbol.section].address + symbol.offset +
        static_cast<uint64_t>(map.shift(symbol.section) +
                              symbolDelta(symbol, map) + relocation.addend);
    if (relocation.pcRelative)
      value -= address + relocation.offset;
    unsigned bits = 8 * relocation.width;
    if (bits != 64 && !isIntN(bits, static_cast<int64_t>(value)) &&
        (relocation.pcRelative || !isUIntN(bits, value)))
      return errorAt(binary, index, section.relocations[i].offset,
                     "the new value does not fit " +
                         Twine(unsigned(relocation.width)) + " bytes");
    writeFixed(moved.bytes.data() + relocation.offset, value, relocation.width);
  }
  return Error::success();
}

/// What changes where it is: old code becomes int3, data gets new fields.
void patchOldSections(const Binary &binary, ArrayRef<MovedSection> moved,
                      ImageChanges &changes) {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (section.laidOutAnew)
      addPatches(changes.patches, i, 0,
                 std::vector<uint8_t>(section.bytes.size(), kInt3));
    else if (moved[i].bytesChanged && section.bytes != ArrayRef(moved[i].bytes))
      addPatches(changes.patches, i, 0, moved[i].bytes);
  }
}

/// Distances from each field to an entry.
Expected<std::vector<uint8_t>>
listEntries(const Binary &binary, const MoveMap &map, uint64_t address) {
  std::vector<uint8_t> bytes;
  for (const Function &function : binary.functions) {
    if (function.skip != SkipReason::None)
      continue;
    Place entry{function.entry, function.section, Side::Label};
    int64_t distance = static_cast<int64_t>(
        binary.sections[function.section].address + function.entry +
        static_cast<uint64_t>(map.shift(function.section) + map.delta(entry)) -
        (address + bytes.size()));
    if (!isInt<32>(distance))
      return errorIn(binary, "the image is larger than 2 GB");
    appendFixed(bytes, static_cast<uint64_t>(distance), 4);
  }
  return bytes;
}

/// Whether unwinding tables can be made for all code that moves.
Error checkFrames(const Binary &binary, const metadata::FrameCopier &frames) {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    if (binary.sections[i].laidOutAnew &&
        !frames.canMove(i, binary.sections[i].size))
      return errorAt(binary, i, 0,
                     "has unwinding tables that --image=relayout cannot move");
  return Error::success();
}

/// Compares the new image with the old one, and has `check` look at it.
Error verifyImage(const Binary &before, ArrayRef<uint8_t> bytes,
                  const MoveMap &map, const Config &config,
                  uint64_t patchable) {
  if (Error error = verifyLinkedObject(before, bytes, map))
    return error;
  return verifyContract(before, bytes, config, patchable);
}

} // namespace

Expected<Rewritten> relayoutImage(std::unique_ptr<ObjectFile> object,
                                  const Config &config) {
  Binary &binary = object->binary;
  if (Error error = object->takeApart())
    return error;
  if (Error error = discover(binary))
    return error;
  if (Error error = object->checkReferences())
    return error;
  for (Function &function : binary.functions)
    if (!binary.sections[function.section].laidOutAnew)
      function.skip = SkipReason::LinkerStub;
  if (Error error = selectFunctions(binary, config.only, config.skip))
    return error;

  SectionIndex frameSection = findSection(binary, ".eh_frame");
  metadata::FrameCopier frames(binary, frameSection);
  if (Error error = frames.read())
    return error;
  if (Error error = checkFrames(binary, frames))
    return error;

  Expected<Plan> plan = makePlan(binary, config);
  if (!plan)
    return plan.takeError();
  Rewritten result;
  result.report = makeReport(binary, *plan);
  if (result.report.patchable == 0)
    return result;
  std::vector<NewSection> code = placeCode(*object, *plan);
  std::vector<MovedSection> moved;
  if (Error error = applyPlan(binary, *plan, moved))
    return error;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    if (Error error = linkAgain(binary, plan->map, i, moved[i]))
      return error;

  ImageChanges changes;
  Sections sections(*object, changes);
  patchOldSections(binary, moved, changes);
  for (NewSection &section : code) {
    SectionIndex index = section.replaces;
    section.bytes = moved[index].bytesChanged
                        ? moved[index].bytes
                        : binary.sections[index].bytes.vec();
    changes.copies.push_back({index, 0, binary.sections[index].size,
                              section.address, plan->map[index]});
    sections.add(std::move(section));
  }
  Expected<std::vector<uint8_t>> list =
      listEntries(binary, plan->map, sections.addressFor(kPage));
  if (!list)
    return list.takeError();
  sections.addTable("hotpad_entries", kPage, std::move(*list));
  if (frameSection != 0)
    if (Error error =
            addFrames(binary, frames, frameSection, changes.copies, sections))
      return error;
  sections.addSlots("hotpad_slots",
                    config.slots.value_or(result.report.patchable) *
                        pointerSize(binary.arch));
  if (Error error = object->moveTables(plan->map, moved, changes))
    return error;
  Expected<FileBytes> bytes = object->writeImage(changes);
  if (!bytes)
    return bytes.takeError();
  if (config.verify)
    if (Error error = verifyImage(binary, bytes->read(0, bytes->size()),
                                  plan->map, config, result.report.patchable))
      return error;
  result.bytes.emplace(std::move(*bytes));
  return result;
}

} // namespace hotpad
