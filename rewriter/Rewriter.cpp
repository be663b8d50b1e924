//===- Rewriter.cpp - the pipeline: read this first -----------------------===//
//
// One object, from bytes to bytes:
//
//     read -> discover -> plan -> relax -> plan metadata -> apply
//          -> move references -> write -> verify
//
// Everything up to `apply` only asks and answers questions about the old file;
// the input is never changed in place. Archives call this once a member
// (archive/), `hotpad link` once an input.
//
//===----------------------------------------------------------------------===//

#include "rewriter/Rewriter.h"
#include "passes/ListEntries.h"
#include "passes/Pass.h"
#include "passes/SelectFunctions.h"
#include "rewriter/CodePlan.h"
#include "rewriter/discover/Discover.h"
#include "rewriter/formats/Formats.h"
#include "rewriter/verify/Verify.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <chrono>

using namespace llvm;

namespace hotpad {

namespace {

/// Times the steps of the pipeline, one after the other.
class Stopwatch {
public:
  void step(const char *name) {
    auto now = std::chrono::steady_clock::now();
    if (current)
      seconds.emplace_back(
          current, std::chrono::duration<double>(now - started).count());
    current = name;
    started = now;
  }
  std::vector<std::pair<const char *, double>> finish() {
    step(nullptr);
    return std::move(seconds);
  }

private:
  const char *current = nullptr;
  std::chrono::steady_clock::time_point started;
  std::vector<std::pair<const char *, double>> seconds;
};

/// Edits that came after the plan, in tables that nothing points into.
Error freezeTables(const Binary &binary, Plan &plan) {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    if (binary.sections[i].executable || plan.edits[i].empty())
      continue;
    Expected<OffsetMap> map = plan.edits[i].freeze(binary.sections[i].size);
    if (!map)
      return errorAt(binary, i, 0, toString(map.takeError()));
    plan.map.sections[i] = std::move(*map);
  }
  return Error::success();
}

bool changesAnything(const Plan &plan, const Changes &changes) {
  return !changes.added.empty() ||
         any_of(changes.emptied, [](bool emptied) { return emptied; }) ||
         any_of(plan.edits,
                [](const EditList &edits) { return !edits.empty(); }) ||
         any_of(changes.alignments, [](uint64_t a) { return a != 0; });
}

} // namespace

Expected<Rewritten> rewriteObject(ArrayRef<uint8_t> file, std::string name,
                                  const Config &config) {
  Stopwatch watch;
  watch.step("read");
  Expected<std::unique_ptr<ObjectFile>> object =
      readFile(file, std::move(name), Mode::Object);
  if (!object)
    return object.takeError();
  Binary &binary = (*object)->binary;
  if (Error error = refuseLayout(config.layout, binary.arch))
    return errorIn(binary, toString(std::move(error)));
  Changes changes;
  changes.emptied.assign(binary.sections.size(), false);
  changes.alignments.assign(binary.sections.size(), 0);
  if (config.stripDebug)
    changes.emptied = (*object)->dropDebug();
  else if (Error error = (*object)->refuseDebug())
    return error;

  watch.step("discover");
  if (Error error = discover(binary))
    return error;
  if (Error error = selectFunctions(binary, config.only, config.skip))
    return error;

  watch.step("plan"); // relaxes, and plans metadata
  Expected<Plan> plan = makePlan(binary, config);
  if (!plan)
    return plan.takeError();
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    uint64_t alignment =
        neededAlignment(binary.sections[i], binary.functionsOf(i));
    if (alignment != binary.sections[i].alignment)
      changes.alignments[i] = alignment;
  }
  changes.added = listEntries(binary, plan->map, config.layout, config.slots,
                              (*object)->readLists());

  if (config.padByLinker) {
    if (Error error = (*object)->leavePadsToLinker(plan->edits, changes.added))
      return error;
    if (Error error = freezeTables(binary, *plan))
      return error;
  }

  Rewritten result;
  result.report = makeReport(binary, *plan);
  if (!changesAnything(*plan, changes)) {
    result.report.seconds = watch.finish();
    return result;
  }

  watch.step("write"); // applies, and moves references
  if (Error error = applyPlan(binary, *plan, changes.sections))
    return error;
  changes.map = std::move(plan->map);
  Expected<std::vector<uint8_t>> bytes = (*object)->write(changes);
  if (!bytes)
    return bytes.takeError();

  watch.step("verify");
  if (config.verify)
    if (Error error = verifyObject(file, *bytes, binary.name, changes.map,
                                   changes.emptied))
      return error;
  result.bytes.emplace(std::move(*bytes));
  result.report.seconds = watch.finish();
  return result;
}

void Report::add(Report &&other) {
  functions += other.functions;
  patchable += other.patchable;
  widened += other.widened;
  nops += other.nops;
  padded += other.padded;
  codeBefore += other.codeBefore;
  codeAfter += other.codeAfter;
  members += other.members;
  for (const auto &[step, time] : other.seconds) {
    auto known = find_if(
        seconds, [&](const auto &row) { return StringRef(row.first) == step; });
    if (known == seconds.end())
      seconds.emplace_back(step, time);
    else
      known->second += time;
  }
  llvm::append_range(skipped, std::move(other.skipped));
  llvm::append_range(warnings, std::move(other.warnings));
}

} // namespace hotpad
