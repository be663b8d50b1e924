//===- Plan.h - what becomes of each function of an image -------*- C++ -*-===//
//
// Every function keeps its address (docs/Design.md, linked images). One that
// meets the contract where it is stays as it is; every other is copied to the
// end of the image with a pad and a wide entry, and its old entry becomes a
// jump to the copy:
//
//     old:   f: jmp f'  cc ...rest of the old body, for unknown ways in
//     new:   | pad | f': rex push %rbx ...
//
// (With --image=inplace, only when InPlacePlan.h has nothing smaller.) Direct
// calls and jumps lead to the copy from now on; what takes the address of the
// function keeps the old one, so pointers compare as they did.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_IMAGE_PLAN_H
#define HOTPAD_REWRITER_IMAGE_PLAN_H

#include "rewriter/image/Displace.h"
#include "rewriter/image/EntryRoom.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace hotpad::image {

enum class Tactic : uint8_t {
  Native,        ///< T0: conforms where it is.
  DisplaceEntry, ///< T1: its first instructions move.
  DisplaceTail,  ///< T2: the last of the function before do; its own may, too.
  Forward,       ///< T3: a copy, and a jump to it.
  Skip,          ///< See the function's reason.
  Part, ///< Most likely no function, and cannot be forwarded: as it was.
};

/// How the old entry leads to the copy.
enum class EntryJump : uint8_t {
  None,  ///< No jump fits.
  Near,  ///< `jmp rel32` at the site.
  Short, ///< `jmp rel8` at the site to a `jmp rel32` near by, the island.
};

struct PlannedFunction {
  const Function *function = nullptr;
  Tactic tactic = Tactic::Skip;
  SkipReason reason = SkipReason::None;
  EntryJump jump = EntryJump::None; ///< Forward.
  uint64_t island = 0;   ///< EntryJump::Short: offset of the long one.
  LiftedFunction lifted; ///< Forward.
  uint64_t address = 0;  ///< Forward: of the copy's entry.

  void skip(SkipReason why) {
    tactic = function->mayBePart() ? Tactic::Part : Tactic::Skip;
    reason = why;
  }

  /// Patchable where it is.
  bool isInPlace() const {
    return tactic == Tactic::Native || tactic == Tactic::DisplaceEntry ||
           tactic == Tactic::DisplaceTail;
  }
  bool isPatchable() const { return isInPlace() || tactic == Tactic::Forward; }
};

/// Bytes of old code.
struct CodeRange {
  SectionIndex section = 0;
  uint64_t begin = 0, end = 0;
};

struct ImagePlan {
  std::vector<PlannedFunction> functions; ///< As in Binary::functions.
  std::vector<DisplacedCode> displaced;   ///< Ascending; none overlap.
  /// What islands leave over of padding and old bodies: becomes int3.
  std::vector<CodeRange> leftOver;

  /// The first displaced code that was in part in [begin, end), or null.
  const DisplacedCode *displacedIn(SectionIndex section, uint64_t begin,
                                   uint64_t end) const;
  /// The displaced code that this place was in, or null.
  const DisplacedCode *displacedAt(SectionIndex section,
                                   uint64_t offset) const {
    return displacedIn(section, offset, offset + 1);
  }

  /// All code that is new: copies, and what is displaced.
  template <class Visit> void forEachNewCode(Visit visit) const {
    for (const DisplacedCode &code : displaced)
      visit(code.lifted, code.address);
    for (const PlannedFunction &planned : functions)
      if (planned.tactic == Tactic::Forward)
        visit(planned.lifted, planned.address);
  }
  /// Their old places, ascending. The maps are taken out.
  std::vector<CodeCopy> takeCopies();
};

/// Whether unwinding information can be made for a copy, at whatever address.
using CanUnwind = llvm::function_ref<bool(const CodeCopy &copy)>;

/// Decides for every function, and finds out how large a copy will be.
ImagePlan planImage(const Binary &binary, const Config &config,
                    CanUnwind canUnwind);

} // namespace hotpad::image

#endif
