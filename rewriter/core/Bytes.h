//===- Bytes.h - little-endian numbers of any width -------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_BYTES_H
#define HOTPAD_REWRITER_CORE_BYTES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MathExtras.h"
#include <cstdint>
#include <vector>

namespace hotpad {

template <class Bytes>
void appendFixed(Bytes &bytes, uint64_t value, unsigned width) {
  for (unsigned i = 0; i != width; ++i)
    bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

inline void appendUleb(std::vector<uint8_t> &bytes, uint64_t value) {
  uint8_t buffer[16];
  unsigned size = llvm::encodeULEB128(value, buffer);
  bytes.insert(bytes.end(), buffer, buffer + size);
}

inline void appendBytes(std::vector<uint8_t> &bytes,
                        llvm::ArrayRef<uint8_t> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

inline void alignWith(std::vector<uint8_t> &bytes, uint64_t alignment,
                      uint8_t fill) {
  bytes.resize(llvm::alignTo(bytes.size(), alignment), fill);
}

inline void writeFixed(uint8_t *at, uint64_t value, unsigned width) {
  for (unsigned i = 0; i != width; ++i)
    at[i] = static_cast<uint8_t>(value >> (8 * i));
}

/// \p width bytes at \p at; the caller knows that they are there.
inline uint64_t readFixed(const uint8_t *at, unsigned width) {
  uint64_t value = 0;
  for (unsigned i = 0; i != width; ++i)
    value |= uint64_t(at[i]) << (8 * i);
  return value;
}

} // namespace hotpad

#endif
