//===- StoppedMemory.cpp --------------------------------------------------===//

#include "patcher/windows/StoppedMemory.h"
#include <algorithm>

namespace hotpad::windows {

constexpr uint64_t kPageSize = 4096;

patch::Failure StoppedMemory::read(uint64_t address, uint8_t *bytes,
                                   size_t size) {
  while (size != 0) {
    uint64_t begin = address / kPageSize * kPageSize, from = address - begin;
    auto page = pages.find(begin);
    if (page == pages.end()) {
      std::vector<uint8_t> content(kPageSize);
      if (patch::Failure failure =
              process.read(begin, content.data(), content.size()))
        return failure;
      page = pages.emplace(begin, std::move(content)).first;
    }
    size_t count = std::min<size_t>(size, kPageSize - from);
    std::copy_n(page->second.begin() + ptrdiff_t(from), count, bytes);
    address += count, bytes += count, size -= count;
  }
  return std::nullopt;
}

patch::Failure StoppedMemory::write(uint64_t address, const uint8_t *bytes,
                                    size_t size) {
  for (uint64_t page = address / kPageSize * kPageSize; page < address + size;
       page += kPageSize)
    pages.erase(page);
  return process.write(address, bytes, size);
}

patch::Failure
StoppedMemory::writeAll(const std::vector<patch::Write> &writes) {
  std::vector<const patch::Write *> sorted;
  for (const patch::Write &one : writes)
    sorted.push_back(&one);
  std::sort(sorted.begin(), sorted.end(),
            [](const patch::Write *a, const patch::Write *b) {
              return a->address < b->address;
            });
  for (size_t i = 0; i != sorted.size();) {
    uint64_t begin = sorted[i]->address, end = begin;
    size_t next = i;
    for (; next != sorted.size(); ++next) {
      if (next != i && sorted[next]->address / kPageSize != begin / kPageSize)
        break;
      end = std::max(end, sorted[next]->address + sorted[next]->after.size());
    }
    std::vector<uint8_t> bytes(end - begin);
    if (patch::Failure failure = read(begin, bytes.data(), bytes.size()))
      return failure;
    for (; i != next; ++i)
      std::copy(sorted[i]->after.begin(), sorted[i]->after.end(),
                bytes.begin() + ptrdiff_t(sorted[i]->address - begin));
    if (patch::Failure failure = write(begin, bytes.data(), bytes.size()))
      return failure;
  }
  return std::nullopt;
}

} // namespace hotpad::windows
