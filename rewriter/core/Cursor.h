//===- Cursor.h - reading bytes that may lie --------------------*- C++ -*-===//
//
// Parsers of tables read through a Cursor: it cannot run past its end, it
// knows where it is, and after the first failure it stays failed, so a parser
// checks once per record instead of once per field.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_CURSOR_H
#define HOTPAD_REWRITER_CORE_CURSOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/LEB128.h"
#include <cstdint>

namespace hotpad {

class Cursor {
public:
  /// Reads [begin, end) of \p bytes; offsets count from the start of \p bytes.
  Cursor(llvm::ArrayRef<uint8_t> bytes, uint64_t begin, uint64_t end)
      : data(bytes.data()), position(begin),
        limit(end < bytes.size() ? end : bytes.size()), failed(begin > limit) {}

  uint64_t offset() const { return position; }
  uint64_t end() const { return limit; }
  bool atEnd() const { return position >= limit; }
  bool ok() const { return !failed; }

  /// Little-endian, \p width of 1, 2, 4 or 8 bytes. 0 after a failure.
  uint64_t fixed(unsigned width) {
    if (failed || limit - position < width) {
      failed = true;
      return 0;
    }
    uint64_t value = 0;
    for (unsigned i = 0; i != width; ++i)
      value |= uint64_t(data[position + i]) << (8 * i);
    position += width;
    return value;
  }
  uint8_t byte() { return static_cast<uint8_t>(fixed(1)); }

  uint64_t uleb() {
    unsigned length = 0;
    const char *error = nullptr;
    if (failed)
      return 0;
    uint64_t value =
        llvm::decodeULEB128(data + position, &length, data + limit, &error);
    if (error)
      failed = true;
    else
      position += length;
    return failed ? 0 : value;
  }
  int64_t sleb() {
    unsigned length = 0;
    const char *error = nullptr;
    if (failed)
      return 0;
    int64_t value =
        llvm::decodeSLEB128(data + position, &length, data + limit, &error);
    if (error)
      failed = true;
    else
      position += length;
    return failed ? 0 : value;
  }
  void skip(uint64_t count) {
    if (failed || limit - position < count)
      failed = true;
    else
      position += count;
  }

private:
  const uint8_t *data;
  uint64_t position, limit;
  bool failed;
};

} // namespace hotpad

#endif
