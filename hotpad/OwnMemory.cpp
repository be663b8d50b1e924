//===- OwnMemory.cpp ------------------------------------------------------===//

#include "hotpad/OwnMemory.h"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace hotpad::own {

patch::Failure OwnMemory::open() {
  constexpr const char *kPath = "/proc/self/mem";
  if (!file.open(kPath, O_RDWR))
    return std::string(kPath) + ": " + textOf(errno);
  return std::nullopt;
}

patch::Failure OwnMemory::read(uint64_t address, uint8_t *bytes, size_t size) {
  if (!file.readAt(address, bytes, size))
    return "cannot read " + std::to_string(size) + " bytes at " + hex(address) +
           ": " + textOf(errno);
  return std::nullopt;
}

patch::Failure OwnMemory::write(uint64_t address, const uint8_t *bytes,
                                size_t size) {
  // Bytes that must not be seen half are written with the word that they are
  // in. A pointer is one already; beside it there may be others' data.
  uint8_t word[8];
  uint64_t begin = address & ~uint64_t(7);
  bool isPointer = size >= 4 && address % size == 0;
  if (!isPointer && address + size <= begin + sizeof word) {
    if (patch::Failure failure = read(begin, word, sizeof word))
      return failure;
    std::copy(bytes, bytes + size, word + (address - begin));
    bytes = word;
    address = begin;
    size = sizeof word;
  }
  if (!file.writeAt(address, bytes, size))
    return "cannot write " + std::to_string(size) + " bytes at " +
           hex(address) + ": " + textOf(errno);
  return std::nullopt;
}

} // namespace hotpad::own
