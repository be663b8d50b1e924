//===- Compressed.h - the numbers of FuncInfo4 ------------------*- C++ -*-===//
//
// The lowest bits of the first byte say how many bytes there are.
//
//     xxxxxxx0                 7 bits       xxxx0111 + 3 bytes   28 bits
//     xxxxxx01 + 1 byte       14 bits       ....1111 + 4 bytes   32 bits
//     xxxxx011 + 2 bytes      21 bits
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_COMPRESSED_H
#define HOTPAD_REWRITER_METADATA_COMPRESSED_H

#include "rewriter/core/Cursor.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/bit.h"

namespace hotpad::metadata {

inline uint64_t readCompressed(Cursor &cursor) {
  uint8_t first = cursor.byte();
  unsigned extra = llvm::countr_one(unsigned(first & 15u));
  uint64_t value = first >> (extra + 1);
  if (extra == 4)
    return cursor.fixed(4);
  uint64_t high = 0;
  for (unsigned i = 0; i != extra; ++i)
    high |= uint64_t(cursor.byte()) << (8 * i);
  return value | high << (7 - extra);
}

/// Not shorter than \p leastSize bytes.
inline llvm::SmallVector<uint8_t, 5> writeCompressed(uint64_t value,
                                                     uint64_t leastSize = 1) {
  unsigned size = 1;
  while (size < 5 && (size < leastSize || value >> (7 * size) != 0))
    ++size;
  llvm::SmallVector<uint8_t, 5> bytes;
  if (size == 5) {
    bytes.push_back(15);
  } else {
    value = value << size | ((1u << (size - 1)) - 1);
    bytes.push_back(static_cast<uint8_t>(value));
    value >>= 8;
  }
  for (unsigned i = 1; i != size; ++i, value >>= 8)
    bytes.push_back(static_cast<uint8_t>(value));
  return bytes;
}

} // namespace hotpad::metadata

#endif
