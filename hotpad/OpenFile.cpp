//===- OpenFile.cpp -------------------------------------------------------===//

#include "hotpad/OpenFile.h"
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace hotpad::own {

std::string textOf(int error) { return std::strerror(error); }

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx",
                static_cast<unsigned long long>(value));
  return text;
}

OpenFile::~OpenFile() {
  if (number >= 0)
    close(number);
}

bool OpenFile::open(const char *path, int flags) {
  number = ::open(path, flags | O_CLOEXEC);
  return number >= 0;
}

bool OpenFile::readAt(uint64_t offset, void *out, size_t size) const {
  auto *bytes = static_cast<uint8_t *>(out);
  while (size != 0) {
    ssize_t got = pread64(number, bytes, size, static_cast<off64_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got == 0)
      errno = EIO; // behind its end
    if (got <= 0)
      return false;
    bytes += got;
    offset += static_cast<uint64_t>(got);
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool OpenFile::writeAt(uint64_t offset, const void *from, size_t size) const {
  auto *bytes = static_cast<const uint8_t *>(from);
  while (size != 0) {
    ssize_t put = pwrite64(number, bytes, size, static_cast<off64_t>(offset));
    if (put < 0 && errno == EINTR)
      continue;
    if (put == 0)
      errno = EIO;
    if (put <= 0)
      return false;
    bytes += put;
    offset += static_cast<uint64_t>(put);
    size -= static_cast<size_t>(put);
  }
  return true;
}

} // namespace hotpad::own
