//===- Arch.h - the processors that are supported ---------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_ARCH_H
#define HOTPAD_REWRITER_CORE_ARCH_H

#include <cstdint>

namespace hotpad {

enum class Arch : uint8_t {
  X86_64,
  X86, ///< 32-bit code.
};

/// Bytes of a pointer, and so of a slot.
constexpr unsigned pointerSize(Arch arch) {
  return arch == Arch::X86_64 ? 8 : 4;
}

} // namespace hotpad

#endif
