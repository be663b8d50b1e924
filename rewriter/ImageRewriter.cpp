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
//===----------------------------------------------------------------------===//

#include "passes/SelectFunctions.h"
#include "rewriter/Rewriter.h"
#include "rewriter/core/ImageChanges.h"
#include "rewriter/discover/Discover.h"
#include "rewriter/formats/Formats.h"
#include "rewriter/image/Place.h"
#include "rewriter/image/Plan.h"
#include "rewriter/metadata/FrameCopies.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace hotpad {

namespace {

constexpr uint64_t kPage = 0x1000;

SectionIndex findSection(const Binary &binary, StringRef name) {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    if (binary.sections[i].name == name && !binary.sections[i].noBits)
      return i;
  return 0;
}

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

/// The list of entries: 4-byte distances from each field.
Expected<NewSection> listEntries(const Binary &binary,
                                 const image::ImagePlan &plan,
                                 uint64_t address) {
  NewSection list;
  list.name = "hotpad_entries";
  list.address = address;
  list.alignment = 4;
  for (const image::PlannedFunction &planned : plan.functions) {
    if (planned.tactic != image::Tactic::Native &&
        planned.tactic != image::Tactic::Forward)
      continue;
    const Function &function = *planned.function;
    uint64_t entry =
        planned.tactic == image::Tactic::Forward
            ? planned.address
            : binary.sections[function.section].address + function.entry;
    int64_t distance =
        static_cast<int64_t>(entry - (address + list.bytes.size()));
    if (!isInt<32>(distance))
      return errorIn(binary, "the image is larger than 2 GB");
    for (unsigned i = 0; i != 4; ++i)
      list.bytes.push_back(static_cast<uint8_t>(distance >> (8 * i)));
  }
  return list;
}

} // namespace

Expected<Rewritten> rewriteImage(ArrayRef<uint8_t> file, std::string name,
                                 const Config &config) {
  Expected<std::unique_ptr<ObjectFile>> object =
      readFile(file, std::move(name), Mode::Image);
  if (!object)
    return object.takeError();
  Binary &binary = (*object)->binary;
  if (Error error = refuseLayout(config.layout, binary.arch))
    return errorIn(binary, toString(std::move(error)));
  uint64_t free = (*object)->firstFreeAddress();
  if (free == 0)
    return errorIn(binary,
                   "linked images of this format are not supported yet");
  if (findSection(binary, "hotpad_entries") != 0) // done before
    return Rewritten();

  if (Error error = discover(binary))
    return error;
  if (Error error = selectFunctions(binary, config.only, config.skip))
    return error;

  SectionIndex frameSection = findSection(binary, ".eh_frame");
  metadata::FrameCopier frames(binary, frameSection);
  if (Error error = frames.read())
    return error;
  image::ImagePlan plan = image::planImage(binary, config, frames);

  ImageChanges changes;
  NewSection code = image::placeCopies(binary, config, plan, free);
  std::vector<CodeCopy> copies;
  if (Error error = image::resolveFields(binary, plan, code, changes.patches))
    return error;
  for (image::PlannedFunction &planned : plan.functions)
    if (planned.tactic == image::Tactic::Forward)
      copies.push_back({planned.function->section, planned.function->entry,
                        planned.function->end, planned.address,
                        planned.lifted.map});

  Rewritten result;
  result.report = makeReport(binary, plan, code);
  uint64_t entries = result.report.patchable;
  if (entries == 0)
    return result;
  if (!code.bytes.empty())
    changes.sections.push_back(std::move(code));
  uint64_t next = changes.sections.empty()
                      ? free
                      : alignTo(free + changes.sections.back().size(), kPage);
  Expected<NewSection> list = listEntries(binary, plan, next);
  if (!list)
    return list.takeError();
  next += list->size();
  changes.sections.push_back(std::move(*list));
  auto add = [&](StringRef sectionName, uint64_t alignment,
                 std::vector<uint8_t> bytes, SectionIndex replaces) {
    NewSection section;
    section.name = sectionName.str();
    section.address = alignTo(next, alignment);
    section.alignment = alignment;
    section.bytes = std::move(bytes);
    section.replaces = replaces;
    next = section.address + section.size();
    changes.sections.push_back(std::move(section));
  };
  if (frameSection != 0 && !copies.empty()) {
    auto tables = frames.makeExceptionTables(copies, alignTo(next, 4));
    if (!tables.empty())
      add(".gcc_except_table.hotpad", 4, std::move(tables), 0);
    auto bytes = frames.makeFrames(copies, alignTo(next, 8));
    if (!bytes)
      return bytes.takeError();
    add(".eh_frame", 8, std::move(*bytes), frameSection);
    auto header = frames.makeHeader(alignTo(next, 4));
    if (!header)
      return header.takeError();
    if (SectionIndex old = findSection(binary, ".eh_frame_hdr"))
      add(".eh_frame_hdr", 4, std::move(*header), old);
  }
  NewSection slots;
  slots.name = "hotpad_slots";
  slots.alignment = pointerSize(binary.arch);
  slots.zeroes = config.slots.value_or(entries) * pointerSize(binary.arch);
  slots.writable = true;
  slots.address = alignTo((*object)->behindTables(next), kPage);
  changes.sections.push_back(std::move(slots));

  Expected<std::vector<uint8_t>> bytes = (*object)->writeImage(changes);
  if (!bytes)
    return bytes.takeError();
  result.bytes = std::move(*bytes);
  return result;
}

} // namespace hotpad
