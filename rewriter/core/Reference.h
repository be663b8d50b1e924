//===- Reference.h - "the field here says where something is" ---*- C++ -*-===//
//
// A Reference is a field whose value depends on where bytes lie: an operand of
// a relocation, the displacement of a branch that needed none, the length in
// an FDE. Whatever its format, its value is
//
//     place(target) - place(base) + a constant        (base present)
//     place(target) + a constant                      (base absent)
//
// so when code moves only the differences `new - old` of the two places count,
// and a field that could be read two ways is safe as long as both readings
// move by the same amount.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_REFERENCE_H
#define HOTPAD_REWRITER_CORE_REFERENCE_H

#include <cstdint>

namespace hotpad {

using SectionIndex = uint32_t; ///< Index in the input's section table; 0: none.
using SymbolIndex = uint32_t;  ///< Index in the input's symbol table; 0: none.

/// Which side of the bytes inserted at one boundary is meant:
///
///     ...previous byte | pad | label: entry NOP | old byte at the offset
///                      ^End    ^Label             ^Byte
///
/// End: sizes and the ends of ranges. Label: symbols, calls, starts of ranges.
/// Byte: fields of relocations, copies of instructions, branches that must not
/// see the entry NOP.
enum class Side : uint8_t { End, Label, Byte };

/// A boundary between bytes, in old coordinates.
struct Place {
  uint64_t offset = 0;
  SectionIndex section = 0; ///< 0: no place.
  Side side = Side::Label;
};

constexpr uint32_t kNoRelocation = ~0u;

struct Reference {
  uint64_t offset = 0; ///< Of the field in the section that holds it.
  Place target;        ///< section 0: in no section here.
  Place base;          ///< section 0: none.
  /// The field led this many bytes before `target` in the old file.
  uint8_t retarget = 0;
  uint32_t relocation = kNoRelocation; ///< Index in Section::relocations.
  uint8_t width = 0;                   ///< Bytes of the field: 1, 2, 4 or 8.
  bool isUnsigned = false;             ///< Range of the field (lengths).
  bool isCode = false;                 ///< An operand of an instruction.
  bool isBranch = false;               ///< Of a jump (not of a call).
  bool isCall = false;                 ///< Of a direct call.
};

} // namespace hotpad

#endif
