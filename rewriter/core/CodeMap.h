//===- CodeMap.h - what decoding found in one section -----------*- C++ -*-===//
//
// One byte for each byte of an executable section: where instructions start,
// how long they are and how they end control flow. Passes read this instead of
// decoding again.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_CODEMAP_H
#define HOTPAD_REWRITER_CORE_CODEMAP_H

#include <cstdint>
#include <vector>

namespace hotpad {

/// How control leaves an instruction.
enum class Flow : uint8_t {
  Next,         ///< Falls through, nothing else.
  Nop,          ///< The same, and does nothing.
  Call,         ///< Comes back, or the callee never returns.
  Branch,       ///< Conditional: falls through or jumps.
  Jump,         ///< Unconditional direct jump.
  IndirectJump, ///< Through a register or memory.
  Stop,         ///< ret, hlt, ud2, int3: does not go on.
};

class CodeMap {
public:
  bool empty() const { return cells.empty(); }
  void reset(uint64_t size) { cells.assign(size, 0); }
  uint64_t size() const { return cells.size(); }

  /// \p hasField: it says where something is.
  void set(uint64_t offset, unsigned length, Flow flow, bool hasField = true) {
    unsigned cell = flow == Flow::Next && hasField
                        ? kNextWithField
                        : static_cast<unsigned>(flow);
    cells[offset] =
        static_cast<uint8_t>((cells[offset] & kLabel) | length | (cell << 4));
  }
  /// 0 when no instruction is known to start here.
  unsigned length(uint64_t offset) const {
    return offset < cells.size() ? cells[offset] & 15u : 0;
  }
  Flow flow(uint64_t offset) const {
    unsigned cell = (cells[offset] >> 4) & 7u;
    return cell == kNextWithField ? Flow::Next : static_cast<Flow>(cell);
  }
  /// Whether the instruction here may say where something is: only such a one
  /// is worth decoding again.
  bool mayHaveField(uint64_t offset) const {
    return ((cells[offset] >> 4) & 7u) != static_cast<unsigned>(Flow::Next);
  }

  /// Something outside the straight line (a symbol, a reference) names this
  /// offset.
  void setLabel(uint64_t offset) {
    if (offset < cells.size())
      cells[offset] |= kLabel;
  }
  bool label(uint64_t offset) const {
    return offset < cells.size() && (cells[offset] & kLabel);
  }

  /// Start of the instruction that ends exactly at \p offset, or ~0.
  uint64_t instructionEndingAt(uint64_t offset) const {
    for (unsigned back = 1; back <= 15 && back <= offset; ++back)
      if (length(offset - back) == back)
        return offset - back;
    return ~0ull;
  }
  /// Start of the known instruction that has the byte at \p offset, or ~0.
  uint64_t instructionAround(uint64_t offset) const {
    for (unsigned back = 0; back < 15 && back <= offset; ++back)
      if (length(offset - back) > back)
        return offset - back;
    return ~0ull;
  }

private:
  static constexpr uint8_t kLabel = 0x80;
  static constexpr unsigned kNextWithField = 7; ///< Behind the last Flow.
  std::vector<uint8_t> cells; ///< length | flow << 4 | label << 7
};

} // namespace hotpad

#endif
