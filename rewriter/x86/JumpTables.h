//===- JumpTables.h - which base a table's entries are measured from -*- C++
//-*-===//
#ifndef HOTPAD_REWRITER_X86_JUMPTABLES_H
#define HOTPAD_REWRITER_X86_JUMPTABLES_H

#include "rewriter/core/Binary.h"
#include <set>

namespace hotpad::x86 {

using PlaceSet = std::set<std::pair<SectionIndex, uint64_t>>;

/// Places in data where tables may begin, or what they are measured from.
struct TableStarts {
  PlaceSet taken; ///< Something takes the address.
  PlaceSet named; ///< There is a symbol.
};

/// Lists of instructions that other patchers overwrite: a field that leads to
/// an entry means the instruction there, not the function.
bool namesInstructions(llvm::StringRef section);

/// Lists of code, as long as they say somewhere, that other patchers put other
/// code in place of.
bool overwritesInstructions(llvm::StringRef section);

/// Whether \p field of \p list, leading to an entry, may mean the instruction
/// there: a distance in a section that nothing is known of.
bool mayNameInstruction(const Section &list, const Relocation &field);

/// Collects them from the relocations alone: all must be known before the first
/// table is read, since a table ends where the next one starts.
TableStarts findTableStarts(const Binary &binary);

/// Whether the pc-relative field at \p offset is the operand of a `lea`.
bool isLeaOperand(const Section &section, uint64_t offset);

/// Whether an instruction is known to lie across \p offset.
bool splitsInstruction(const CodeMap &code, uint64_t offset);

/// How one pc-relative entry in data is read.
struct TableReading {
  uint32_t relocation = 0; ///< Index in Section::relocations.
  Place target;
  Place base;           ///< The table's start, or the field itself.
  bool inTable = false; ///< Of several fields measured from one start.
  /// The field may lead to any of these places in the section of `target`.
  uint64_t lowest = 0, highest = 0;

  bool isCertain() const { return lowest == highest; }
};

/// Reads the pc-relative relocations of data section \p index that lead to
/// code. See JumpTables.cpp for the rule.
std::vector<TableReading> readTables(const Binary &binary, SectionIndex index,
                                     const TableStarts &starts);

/// Reads a table that hand-written code keeps beside itself, in the code
/// section: distances without relocations, of 4 bytes to functions, or of 4 or
/// 2 bytes from \p start to places in \p owner if that \p jumps indirectly.
/// Empty when the bytes are no such table.
std::vector<Reference> readInlineTable(const Binary &binary, Place start,
                                       const Function &owner, bool jumps);

} // namespace hotpad::x86

#endif
