//===- OpenFile.h - a file that is closed at last ---------------*- C++ -*-===//
#ifndef HOTPAD_OPENFILE_H
#define HOTPAD_OPENFILE_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace hotpad::own {

class OpenFile {
public:
  OpenFile() = default;
  OpenFile(const OpenFile &) = delete;
  ~OpenFile();

  /// These return false, and leave why in errno, unless all was done.
  bool open(const char *path, int flags);
  bool readAt(uint64_t offset, void *out, size_t size) const;
  bool writeAt(uint64_t offset, const void *bytes, size_t size) const;

private:
  int number = -1;
};

/// What \p error means, a value of errno.
std::string textOf(int error);
std::string hex(uint64_t value);

} // namespace hotpad::own

#endif
