//===- ImageRewriter.cpp - the pipeline for linked images -----------------===//
//
//     read -> discover -> plan -> place -> resolve -> unwinding -> write
//
// In an image nothing can be inserted: what refers to what is known in part
// only. So everything keeps its address (see image/Plan.h), and what is new
// goes behind the end of the image:
//
//     .hotpad          the copies, each behind its pad          read, execute
//     hotpad_entries, .eh_frame and its tables                  read
//     hotpad_slots                                              read, write
//
// (In a PE image .hpentry, .pdata and .xdata, and .hpslots.)
//
//===----------------------------------------------------------------------===//

#include "passes/SelectFunctions.h"
#include "rewriter/ImageSections.h"
#include "rewriter/Relayout.h"
#include "rewriter/Rewriter.h"
#include "rewriter/VerifyContract.h"
#include "rewriter/contract/Contract.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/core/ImageChanges.h"
#include "rewriter/discover/Discover.h"
#include "rewriter/formats/Formats.h"
#include "rewriter/image/FramePointers.h"
#include "rewriter/image/PlaceCopies.h"
#include "rewriter/image/Plan.h"
#include "rewriter/image/Runtimes.h"
#include "rewriter/metadata/FrameCopies.h"
#include "rewriter/metadata/WinFrameCopies.h"
#include "rewriter/verify/VerifyDisplaced.h"
#include "rewriter/verify/VerifyForwards.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace hotpad {

namespace {

Report makeReport(const Binary &binary, const image::ImagePlan &plan,
                  const NewSection &code) {
  Report report;
  report.members = 1;
  for (const image::PlannedFunction &planned : plan.functions) {
    const Function &function = *planned.function;
    report.functions += planned.tactic != image::Tactic::Part;
    switch (planned.tactic) {
    case image::Tactic::Native:
      ++report.patchable;
      ++report.native;
      break;
    case image::Tactic::DisplaceEntry:
      ++report.patchable;
      ++report.displacedEntries;
      break;
    case image::Tactic::DisplaceTail:
      ++report.patchable;
      ++report.displacedTails;
      break;
    case image::Tactic::Forward:
      ++report.patchable;
      ++report.forwarded;
      break;
    case image::Tactic::Skip:
      report.skipped.push_back({binary.name,
                                binary.sections[function.section].name.str(),
                                function.entry, function.name, planned.reason});
      break;
    case image::Tactic::Part:
      ++report.parts;
      break;
    }
  }
  report.isImage = true;
  for (const Section &section : binary.sections)
    if (section.executable)
      report.codeBefore += section.size;
  report.codeAfter = report.codeBefore + code.size();
  return report;
}

/// The list of entries: 4-byte distances from each field, or for Windows RVAs.
Expected<std::vector<uint8_t>> listEntries(const Binary &binary,
                                           const image::ImagePlan &plan,
                                           uint64_t address) {
  bool isPe = binary.format == Format::Coff;
  std::vector<uint8_t> bytes;
  for (const image::PlannedFunction &planned : plan.functions) {
    if (!planned.isPatchable())
      continue;
    const Function &function = *planned.function;
    uint64_t entry =
        planned.tactic == image::Tactic::Forward
            ? planned.address
            : binary.sections[function.section].address + function.entry;
    int64_t distance = static_cast<int64_t>(
        entry - (isPe ? binary.base : address + bytes.size()));
    if (!isInt<32>(distance))
      return errorIn(binary, "the image is larger than 2 GB");
    appendFixed(bytes, static_cast<uint64_t>(distance), 4);
  }
  return bytes;
}

/// Old code is where it was, and what it was but for the patches.
Error verifyOldCode(const Binary &before, const Binary &after,
                    const Patches &patches) {
  for (SectionIndex i = 1; i < before.sections.size(); ++i) {
    const Section &old = before.sections[i];
    if (!old.executable || old.noBits)
      continue;
    if (i >= after.sections.size() ||
        after.sections[i].address != old.address ||
        after.sections[i].bytes.size() < old.bytes.size())
      return errorAt(before, i, 0, "verify: the section is not where it was");
    std::vector<uint8_t> expected = old.bytes.vec();
    for (const Patch &patch : patches)
      if (patch.section == i)
        llvm::copy(patch.bytes(),
                   expected.begin() + static_cast<ptrdiff_t>(patch.offset));
    ArrayRef<uint8_t> found =
        after.sections[i].bytes.take_front(expected.size());
    if (found != ArrayRef(expected))
      return errorAt(before, i, 0, "verify: bytes differ that nobody edited");
  }
  return Error::success();
}

/// Compares the new image with the old one, and has `check` look at it.
Error verifyImage(const Binary &before, ArrayRef<uint8_t> bytes,
                  const Patches &patches, ArrayRef<CodeCopy> displaced,
                  ArrayRef<CodeCopy> copies, const Config &config,
                  uint64_t patchable) {
  Expected<std::unique_ptr<ObjectFile>> after =
      readFile(bytes, before.name, Mode::Image);
  if (!after)
    return after.takeError();
  if (Error error = verifyOldCode(before, (*after)->binary, patches))
    return error;
  (*after)->binary.sortLoaded();
  if (Error error =
          verifyDisplaced(before, (*after)->binary, displaced, copies))
    return error;
  if (Error error = verifyForwards(before, (*after)->binary, copies))
    return error;
  return verifyContract(before, bytes, config, patchable);
}

} // namespace

Expected<Rewritten> rewriteImage(ArrayRef<uint8_t> file, std::string name,
                                 const Config &config) {
  Expected<std::unique_ptr<ObjectFile>> object =
      readFile(file, std::move(name), Mode::Image);
  if (!object)
    return object.takeError();
  Binary &binary = (*object)->binary;
  bool isPe = binary.format == Format::Coff;
  StringRef entriesName = isPe ? ".hpentry" : "hotpad_entries";
  StringRef slotsName = isPe ? ".hpslots" : "hotpad_slots";
  if (Error error = refuseLayout(config.layout, binary.arch))
    return errorIn(binary, toString(std::move(error)));
  if (config.layout.listPatchable)
    return errorIn(binary, "layout " + config.layout.name +
                               " is for objects: its list is the linker's to "
                               "make");
  if (config.padByLinker)
    return errorIn(binary, "--pad-by=linker is for objects: this is linked");
  if (Error error = (*object)->refuseImage())
    return error;
  if (std::optional<StringRef> reason = image::runtimeInTheWay(binary))
    return errorIn(binary, *reason);
  if ((*object)->firstFreeAddress() == 0)
    return errorIn(binary,
                   "linked images of this format are not supported yet");
  if (findSection(binary, entriesName) != 0) // done before
    return Rewritten();
  if (config.image == ImageMode::Relayout)
    return relayoutImage(std::move(*object), config);

  if (Error error = discover(binary))
    return error;
  if (Error error = selectFunctions(binary, config.only, config.skip))
    return error;

  bool hasRecords = isPe && binary.arch == Arch::X86_64;
  SectionIndex frameSection = hasRecords ? 0 : findSection(binary, ".eh_frame");
  metadata::FrameCopier frames(binary, frameSection);
  if (Error error = frames.read())
    return error;
  if (!hasRecords && image::hasCodeKnownByAddress(binary))
    for (Function &function : binary.functions)
      if (!frames.covers(function.section, function.entry, function.end))
        function.skip = SkipReason::RuntimeTable;
  metadata::WinFrameCopier records(binary);
  // Without base relocations it is not known what names .eh_frame.
  image::FramePointers framePointers(binary, isPe ? frameSection : 0);
  bool canMoveFrames = !isPe || binary.positionIndependent;
  image::ImagePlan plan =
      image::planImage(binary, config, [&](const CodeCopy &copy) {
        if (hasRecords)
          return copy.isPart ? !records.covers(copy) : records.canCopy(copy);
        return frames.canCopy(copy.section, copy.begin, copy.end) &&
               (canMoveFrames ||
                !frames.covers(copy.section, copy.begin, copy.end));
      });

  binary.waysIn = PlaceBits();

  ImageChanges changes;
  Sections sections(**object, changes);
  NewSection code =
      image::placeCopies(binary, config, plan, (*object)->firstFreeAddress());
  if (Error error =
          image::writeCopies(binary, config, plan, code, changes.patches))
    return error;
  // The old code is done with: what was found in it makes room.
  for (Section &section : binary.sections)
    section.code = CodeMap();
  std::vector<CodeCopy> copies = plan.takeCopies();
  plan.forEachNewCode(
      [&](const image::LiftedFunction &lifted, uint64_t address) {
        for (uint32_t at : lifted.relocated)
          changes.relocated.push_back(address + at);
      });

  Rewritten result;
  result.report = makeReport(binary, plan, code);
  result.report.warnings = (*object)->imageWarnings();
  uint64_t entries = result.report.patchable;
  if (entries == 0)
    return result;
  if (!code.bytes.empty())
    sections.add(std::move(code));
  uint64_t listAlignment = copies.empty() ? 4 : kPage;
  Expected<std::vector<uint8_t>> list =
      listEntries(binary, plan, sections.addressFor(listAlignment));
  if (!list)
    return list.takeError();
  sections.addTable(entriesName, listAlignment, std::move(*list));
  if (hasRecords && !copies.empty()) {
    auto infos = records.makeInfos(copies, sections.addressFor(4));
    if (!infos.empty()) {
      sections.addTable(".xdata", 4, std::move(infos));
      sections.addTable(".pdata", 4, records.makeRecords());
      append_range(changes.relocated, records.relocatedFields());
    }
  }
  if (frameSection != 0 && !copies.empty()) {
    if (Error error = addFrames(binary, frames, frameSection, copies, sections))
      return error;
    append_range(changes.relocated, frames.relocatedFields());
    auto newFrames = find_if(changes.sections, [](const NewSection &section) {
      return section.name == ".eh_frame";
    });
    framePointers.move(newFrames->address -
                           binary.sections[frameSection].address,
                       plan, changes.sections.front(), changes.patches);
  }
  sections.addSlots(slotsName,
                    config.slots.value_or(entries) * pointerSize(binary.arch));

  std::vector<CodeCopy> displaced;
  for (CodeCopy &copy : copies) // Windows lists where to go on in copies
    (copy.isPart ? displaced : changes.copies).push_back(std::move(copy));
  plan = image::ImagePlan();
  binary.functions = std::vector<Function>();
  Expected<FileBytes> bytes = (*object)->writeImage(changes);
  if (!bytes)
    return bytes.takeError();
  if (config.verify)
    if (Error error = verifyImage(binary, bytes->read(0, bytes->size()),
                                  changes.patches, displaced, changes.copies,
                                  config, result.report.patchable))
      return error;
  result.bytes.emplace(std::move(*bytes));
  return result;
}

} // namespace hotpad
