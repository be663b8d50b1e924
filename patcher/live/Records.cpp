//===- Records.cpp --------------------------------------------------------===//
//
//      0  magic            16 size   20 sequence   24 hash
//     32  number of entries          36 length of the path
//     40  the entries: entry, target, previous (8 bytes each), then the length
//     of
//         the name and where it is (4 bytes each)
//         the path and the names
//
//===----------------------------------------------------------------------===//

#include "patcher/live/Records.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>
#include <sys/mman.h>
#include <sys/syscall.h>

using namespace llvm;
using support::endian::read32le;
using support::endian::read64le;
using support::endian::write32le;
using support::endian::write64le;

namespace hotpad::live {

constexpr uint8_t kMagic[16] = {0xfe, 'h',  'o',  't',  'p',  'a',  'd',  0x01,
                                0x9c, 0x3e, 0xd1, 0x55, 0x7a, 0x08, 0xb4, 0xe7};
constexpr size_t kHeaderSize = 40, kEntrySize = 32, kMostBytes = 1 << 28;
constexpr uint64_t kPageSize = 4096;

uint64_t Record::previousAt(size_t entry) const {
  return address + kHeaderSize + entry * kEntrySize + 16;
}

std::vector<uint8_t> Record::encode() const {
  std::vector<uint8_t> bytes(kHeaderSize + entries.size() * kEntrySize);
  auto append = [&](StringRef text) {
    size_t at = bytes.size();
    bytes.insert(bytes.end(), text.begin(), text.end());
    return static_cast<uint32_t>(at);
  };
  append(patch);
  for (size_t i = 0; i != entries.size(); ++i) {
    uint32_t name = append(entries[i].name);
    uint8_t *at = bytes.data() + kHeaderSize + i * kEntrySize;
    write64le(at, entries[i].entry);
    write64le(at + 8, entries[i].target);
    write64le(at + 16, entries[i].previous);
    write32le(at + 24, static_cast<uint32_t>(entries[i].name.size()));
    write32le(at + 28, name);
  }
  std::memcpy(bytes.data(), kMagic, sizeof kMagic);
  write32le(bytes.data() + 16, static_cast<uint32_t>(bytes.size()));
  write32le(bytes.data() + 20, sequence);
  write64le(bytes.data() + 24, hash);
  write32le(bytes.data() + 32, static_cast<uint32_t>(entries.size()));
  write32le(bytes.data() + 36, static_cast<uint32_t>(patch.size()));
  return bytes;
}

std::optional<Record> Record::decode(ArrayRef<uint8_t> bytes) {
  if (bytes.size() < kHeaderSize ||
      std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0)
    return std::nullopt;
  uint32_t size = read32le(bytes.data() + 16);
  if (size < kHeaderSize || size > bytes.size())
    return std::nullopt;
  bytes = bytes.take_front(size);
  auto text = [&](uint64_t at, uint64_t length) -> std::optional<std::string> {
    if (at > bytes.size() || bytes.size() - at < length)
      return std::nullopt;
    return std::string(bytes.begin() + ptrdiff_t(at),
                       bytes.begin() + ptrdiff_t(at + length));
  };
  Record record;
  record.sequence = read32le(bytes.data() + 20);
  record.hash = read64le(bytes.data() + 24);
  uint64_t count = read32le(bytes.data() + 32);
  if (count > (bytes.size() - kHeaderSize) / kEntrySize)
    return std::nullopt;
  std::optional<std::string> path =
      text(kHeaderSize + count * kEntrySize, read32le(bytes.data() + 36));
  if (!path)
    return std::nullopt;
  record.patch = *path;
  for (uint64_t i = 0; i != count; ++i) {
    const uint8_t *at = bytes.data() + kHeaderSize + i * kEntrySize;
    std::optional<std::string> name =
        text(read32le(at + 28), read32le(at + 24));
    if (!name)
      return std::nullopt;
    record.entries.push_back(
        {read64le(at), read64le(at + 8), read64le(at + 16), *name});
  }
  return record;
}

Expected<Records> Records::read(const Process &process) {
  Expected<std::vector<Mapping>> maps = process.maps();
  if (!maps)
    return maps.takeError();
  Records result;
  for (const Mapping &mapping : *maps) {
    if (mapping.inode != 0 || !mapping.readable || mapping.writable ||
        mapping.executable || !mapping.path.empty() ||
        mapping.end - mapping.begin > kMostBytes)
      continue;
    std::vector<uint8_t> bytes(sizeof kMagic);
    if (Error error = process.read(mapping.begin, bytes)) {
      consumeError(std::move(error)); // it went away
      continue;
    }
    if (std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0)
      continue;
    bytes.resize(mapping.end - mapping.begin);
    if (Error error = process.read(mapping.begin, bytes))
      return error;
    if (std::optional<Record> record = Record::decode(bytes)) {
      record->address = mapping.begin;
      result.records.push_back(std::move(*record));
    }
  }
  llvm::stable_sort(result.records, [](const Record &a, const Record &b) {
    return a.sequence < b.sequence;
  });
  return result;
}

std::vector<Records::Link> Records::chainOf(uint64_t entry,
                                            uint64_t target) const {
  std::vector<Link> chain;
  // From the newest to the oldest: a record's `previous` is older than itself.
  for (const Record &record : reverse(records))
    for (size_t i = 0; i != record.entries.size() && target != 0; ++i)
      if (record.entries[i].entry == entry &&
          record.entries[i].target == target) {
        chain.push_back({&record, i});
        target = record.entries[i].previous;
        break;
      }
  return chain;
}

Error Records::add(Process &process, BorrowedThread &thread, Record &record) {
  std::vector<uint8_t> bytes = record.encode();
  uint64_t size = alignTo(bytes.size(), kPageSize);
  Expected<uint64_t> place =
      thread.systemCall("map memory", SYS_mmap,
                        {0, size + 2 * kPageSize, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS, ~uint64_t(0), 0});
  if (!place)
    return place.takeError();
  record.address = *place + kPageSize;
  Expected<uint64_t> done = thread.systemCall(
      "have memory with data", SYS_mprotect, {record.address, size, PROT_READ});
  if (!done)
    return done.takeError();
  return process.write(record.address, bytes);
}

Error Records::remove(BorrowedThread &thread, const Record &record) {
  uint64_t size = alignTo(record.encode().size(), kPageSize);
  Expected<uint64_t> done =
      thread.systemCall("unmap memory", SYS_munmap,
                        {record.address - kPageSize, size + 2 * kPageSize});
  return done ? Error::success() : done.takeError();
}

} // namespace hotpad::live
