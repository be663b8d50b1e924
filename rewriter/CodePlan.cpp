//===- CodePlan.cpp -------------------------------------------------------===//

#include "rewriter/CodePlan.h"
#include "passes/Pass.h"
#include "rewriter/core/Apply.h"
#include "rewriter/metadata/Tables.h"
#include "rewriter/x86/BranchRelax.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace hotpad {

namespace {

/// Runs the passes over one code section until every branch reaches.
Error planSection(const Binary &binary, SectionIndex index,
                  const Config &config, Plan &plan) {
  const Section &section = binary.sections[index];
  PassInput input{binary,
                  index,
                  binary.functionsOf(index),
                  config.layout,
                  config.nopEntries,
                  config.padByLinker};
  std::vector<uint64_t> growing; // opcodes of branches that must be long
  while (true) {
    EditList edits;
    std::vector<GrownBranch> grown;
    grown.reserve(growing.size());
    for (uint64_t opcode : growing)
      grown.push_back(x86::growBranch(section.bytes, opcode, edits));
    for (const Pass &pass : allPasses())
      if (Error error = pass.run(input, edits))
        return joinErrors(errorAt(binary, index, 0, Twine("pass ") + pass.name),
                          std::move(error));
    Expected<OffsetMap> map = edits.freeze(section.size);
    if (!map)
      return errorAt(binary, index, 0, toString(map.takeError()));
    std::vector<uint64_t> more =
        x86::findUnreachable(binary, index, *map, grown);
    if (more.empty()) {
      plan.map.sections[index] = std::move(*map);
      plan.edits[index] = std::move(edits);
      plan.grown[index] = std::move(grown);
      return Error::success();
    }
    growing.insert(growing.end(), more.begin(), more.end());
    llvm::sort(growing);
  }
}

/// Skips every function whose edits change the distance between \p low and
/// \p high. Returns true when there was one.
bool skipBetween(Binary &binary, SectionIndex section, uint64_t low,
                 uint64_t high, SkipReason reason) {
  bool any = false;
  for (Function &function : binary.functions)
    if (function.section == section && function.skip == SkipReason::None &&
        function.entry <= high && function.end > low) {
      function.skip = reason;
      any = true;
    }
  return any;
}

/// A NOP before a first instruction that another patcher's list names would be
/// taken for it: true when the plan had one. (A prefix, of one byte, is part of
/// the instruction.)
bool skipListedElsewhere(Binary &binary, const Plan &plan) {
  bool any = false;
  for (Function &function : binary.functions)
    if (function.listedElsewhere && function.skip == SkipReason::None &&
        any_of(plan.edits[function.section].all(), [&](const Edit &edit) {
          return edit.kind == EditKind::AfterLabel &&
                 edit.offset == function.site && edit.bytes.size() > 1;
        })) {
      function.skip = SkipReason::ListedElsewhere;
      any = true;
    }
  return any;
}

/// A prolog is counted in one byte: true when one grew too long for it.
bool skipLongPrologs(Binary &binary, const Plan &plan) {
  bool any = false;
  for (const auto &[info, prolog] : binary.prologs) {
    const OffsetMap &map = plan.map[prolog.section];
    uint64_t last = prolog.end - 1; // where the prolog ends
    if (prolog.end > prolog.begin &&
        map.at(last, Side::Label).value -
                map.at(prolog.begin, Side::Label).value >
            UINT8_MAX)
      any |= skipBetween(binary, prolog.section, prolog.begin, last,
                         SkipReason::LongProlog);
  }
  return any;
}

/// Whether the places that \p target may lead to move by different amounts.
bool movesApart(const OffsetMap &map, const UncertainTarget &target) {
  int64_t delta = map.delta(target.lowest, Side::Label);
  if (map.delta(target.highest, Side::Label) != delta)
    return true;
  return target.anywhere && any_of(map.runs(), [&](const OffsetMap::Run &run) {
           return run.old >= target.lowest && run.old < target.highest &&
                  static_cast<int64_t>(run.byte.value - run.old) != delta;
         });
}

/// Fields that can be read two ways, and code that must not be edited inside:
/// true when the plan touched one and its functions were skipped instead.
bool skipWhatIsUncertain(Binary &binary, const Plan &plan) {
  bool any = false;
  for (const UncertainTarget &target : binary.uncertain) {
    if (movesApart(plan.map[target.section], target))
      any |= skipBetween(binary, target.section, target.lowest, target.highest,
                         target.reason);
  }
  for (const RigidCode &code : binary.rigid)
    if (plan.map[code.section].changesInside(code.begin, code.end))
      any |= skipBetween(binary, code.section, code.begin,
                         code.end == code.begin ? code.end : code.end - 1,
                         code.reason);
  any |= skipListedElsewhere(binary, plan);
  any |= skipLongPrologs(binary, plan);
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    for (const GrownBranch &branch : plan.grown[i]) {
      const Section &section = binary.sections[i];
      const Function *function = binary.functionAt(i, branch.offset);
      // Something leads into the short form, or counts on its length.
      if (!section.code.label(branch.offset + 1) &&
          !(function && function->hasLabelValues))
        continue;
      uint64_t target =
          branch.offset + 2 +
          static_cast<uint64_t>(
              int64_t(static_cast<int8_t>(section.bytes[branch.offset + 1])));
      any |= skipBetween(binary, i, std::min(branch.offset, target),
                         std::max(branch.offset, target),
                         SkipReason::HiddenReference);
    }
  return any;
}

/// Whether \p edit gave a first instruction of one byte its form of two.
bool isWidened(const Binary &binary, SectionIndex section, const Edit &edit) {
  if (edit.kind != EditKind::Replace || edit.oldSize != 1 ||
      edit.bytes.size() != 2)
    return false;
  const Function *function = binary.functionAt(section, edit.offset);
  return function && function->site == edit.offset &&
         binary.sections[section].code.flow(edit.offset) != Flow::Nop;
}

} // namespace

Expected<Plan> makePlan(Binary &binary, const Config &config) {
  while (true) {
    Plan plan(binary.sections.size());
    for (SectionIndex i = 1; i < binary.sections.size(); ++i)
      if (!binary.functionsOf(i).empty())
        if (Error error = planSection(binary, i, config, plan))
          return error;
    if (skipWhatIsUncertain(binary, plan))
      continue;
    if (binary.mode != Mode::Object) // its tables are written anew
      return plan;
    for (const metadata::Table &table : metadata::allTables())
      for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
        if (!table.matches(binary, i))
          continue;
        if (Error error = table.plan(binary, i, plan.map, plan.edits[i]))
          return error;
        Expected<OffsetMap> map = plan.edits[i].freeze(binary.sections[i].size);
        if (!map)
          return errorAt(binary, i, 0, toString(map.takeError()));
        plan.map.sections[i] = std::move(*map);
      }
    return plan;
  }
}

Error applyPlan(const Binary &binary, const Plan &plan,
                std::vector<MovedSection> &sections) {
  sections.resize(binary.sections.size());
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    MovedSection &moved = sections[i];
    if (!plan.edits[i].empty()) {
      moved.bytesChanged = true;
      moved.bytes = applyEdits(binary.sections[i].bytes, plan.edits[i]);
    }
    if (Error error = moveReferences(binary, i, plan.map, plan.grown[i], moved))
      return error;
  }
  return Error::success();
}

Report makeReport(const Binary &binary, const Plan &plan) {
  Report report;
  report.members = 1;
  for (const Function &function : binary.functions) {
    ++report.functions;
    if (function.skip == SkipReason::None) {
      ++report.patchable;
      continue;
    }
    report.skipped.push_back({binary.name,
                              binary.sections[function.section].name.str(),
                              function.entry, function.name, function.skip});
  }
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (!section.executable)
      continue;
    report.codeBefore += section.size;
    report.codeAfter += plan.map[i].at(section.size, Side::Byte).value;
    for (const Edit &edit : plan.edits[i].all()) {
      if (edit.kind == EditKind::BeforeLabel)
        ++report.padded;
      else if (edit.kind == EditKind::AfterLabel)
        ++(edit.bytes.size() == 1 ? report.widened : report.nops);
      else if (isWidened(binary, i, edit))
        ++report.widened;
    }
  }
  return report;
}

} // namespace hotpad
