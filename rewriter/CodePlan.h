//===- CodePlan.h - all edits of one file, and what they do -----*- C++ -*-===//
//
// Objects and images whose relocations are complete are edited alike: passes
// say which bytes go where, branches become longer until all reach, and where a
// field can be read two ways functions are skipped until both readings agree.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CODEPLAN_H
#define HOTPAD_REWRITER_CODEPLAN_H

#include "rewriter/Rewriter.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/MoveReferences.h"

namespace hotpad {

/// Everything that moves, section by section.
struct Plan {
  std::vector<EditList> edits;                 ///< By section.
  std::vector<std::vector<GrownBranch>> grown; ///< By section.
  MoveMap map;

  explicit Plan(size_t sections) : edits(sections), grown(sections) {
    map.sections.resize(sections);
  }
};

/// Plans until nothing is uncertain. Marks functions of \p binary as skipped.
llvm::Expected<Plan> makePlan(Binary &binary, const Config &config);

/// Writes edited bytes and moves references: the new contents, by section.
llvm::Error applyPlan(const Binary &binary, const Plan &plan,
                      std::vector<MovedSection> &sections);

Report makeReport(const Binary &binary, const Plan &plan);

} // namespace hotpad

#endif
