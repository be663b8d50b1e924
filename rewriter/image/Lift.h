//===- Lift.h - a copy of one function, hot-patchable -----------*- C++ -*-===//
//
// The copy has the bytes of the function with a wide entry, and a field for
// everything in it that says where something is. Bytes that no control flow
// leads to become int3: the old body, which stays where it is, has them still.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_IMAGE_LIFT_H
#define HOTPAD_REWRITER_IMAGE_LIFT_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/Config.h"
#include "rewriter/core/ImageChanges.h"
#include <optional>

namespace hotpad::image {

/// An operand that is measured from the end of its instruction.
struct LiftedField {
  uint64_t target = 0; ///< Old address; in the copy: offset of its byte.
  uint32_t at = 0;     ///< Of the field, in the copy.
  uint32_t end = 0;    ///< Of its instruction, in the copy.
  uint8_t width = 0;
  bool isBranch = false; ///< Of a jump or call.
  bool inCopy = false;   ///< Leads to a place in the copy.
  bool isLoop = false;   ///< A jump, and no call, to the function's own entry.
};

/// What is kept of a copy while it has no address yet.
struct LiftedFunction {
  uint64_t size = 0; ///< Bytes of the copy.
  /// Offsets in the copy of addresses that the loader must adjust.
  std::vector<uint32_t> relocated;
  OffsetMap map; ///< Old offset minus the entry to offset in the copy.
};

/// The copy itself. That of all functions together is as large as the file, so
/// it is made anew when there is a place for it.
struct LiftedCode {
  std::vector<uint8_t> bytes;
  std::vector<LiftedField> fields;
};

/// The register that a thunk at the beginning of \p code puts its return
/// address in: `mov (%esp), %reg; ret`.
std::optional<uint8_t> registerOfThunk(llvm::ArrayRef<uint8_t> code);

/// Appends where the loader adjusts addresses in the \p length bytes at
/// \p begin + \p at of \p section, as distances from \p begin.
void appendRelocated(const Binary &binary, SectionIndex section, uint64_t begin,
                     uint64_t at, unsigned length,
                     std::vector<uint64_t> &relocated);

/// Copies \p function. Returns the reason when it cannot be copied.
SkipReason lift(const Binary &binary, const Function &function,
                const Config &config, LiftedFunction &lifted, LiftedCode &code);

} // namespace hotpad::image

#endif
