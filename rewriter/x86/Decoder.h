//===- Decoder.h - length, flow and position field of x86 code --*- C++ -*-===//
//
// The only place that knows Zydis. Decoding is in Zydis' minimal mode: no
// operands, no strings; what hotpad needs of an instruction is how long it is,
// how control leaves it and which bytes of it say where something is.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_X86_DECODER_H
#define HOTPAD_REWRITER_X86_DECODER_H

#include "rewriter/core/Arch.h"
#include "rewriter/core/CodeMap.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace hotpad::x86 {

struct Instruction {
  uint8_t length = 0;
  Flow flow = Flow::Next;
  uint8_t fieldOffset = 0; ///< Of the position field; 0: there is none.
  uint8_t fieldWidth = 0;  ///< In bytes.
  bool isRelative = false; ///< The field is a branch or call displacement;
                           ///< otherwise a rip-relative displacement.
  int64_t field = 0;       ///< Its value: target - end of the instruction.
  /// Plain numbers in it, which are not relative to anything; 0: there is none.
  int64_t displacement = 0, immediate = 0;
  /// Of the 4-byte displacement of an operand in memory that is read or
  /// written (by `lea` it is neither); 0: there is none.
  uint8_t accessOffset = 0;
};

/// Decodes the instruction at \p offset. Returns false when the bytes are no
/// instruction or run past the end.
bool decode(Arch arch, llvm::ArrayRef<uint8_t> bytes, uint64_t offset,
            Instruction &instruction);

/// endbr64 or endbr32: the instruction that a patch site must leave in place.
bool isEndbr(Arch arch, llvm::ArrayRef<uint8_t> bytes, uint64_t offset);

/// What an instruction does with a register that holds an address.
struct RegisterUse {
  enum Kind : uint8_t {
    None,        ///< Nothing.
    Overwritten, ///< Puts something else there.
    Added,       ///< Adds the field's value.
    Compared,    ///< Subtracts the field's value, or compares with it.
    Address,     ///< Uses an address: the register plus the field's value.
    Unknown,     ///< Anything else, such as copying it.
  };
  Kind kind = None;
  bool overwrites = false; ///< Afterwards something else is in it.
  uint8_t fieldOffset = 0;
  uint8_t fieldWidth = 0; ///< In bytes; 0: there is no field.
  int64_t field = 0;
};

/// \p number as in ModRM: 0 is eax or rax, 3 ebx or rbx.
RegisterUse useOfRegister(Arch arch, llvm::ArrayRef<uint8_t> bytes,
                          uint8_t number);

/// The register that the instruction loads with the field at \p fieldOffset in
/// it, and with nothing else: `lea field, %reg` and `mov $field, %reg`.
std::optional<uint8_t> registerLoadedByField(Arch arch,
                                             llvm::ArrayRef<uint8_t> bytes,
                                             unsigned fieldOffset);

} // namespace hotpad::x86

#endif
