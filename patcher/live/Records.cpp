//===- Records.cpp --------------------------------------------------------===//

#include "patcher/live/Records.h"
#include "llvm/Support/MathExtras.h"
#include <sys/mman.h>

using namespace llvm;

namespace hotpad::live {

constexpr uint64_t kPageSize = 4096;

Expected<Records> Records::read(const Process &process) {
  Expected<std::vector<Mapping>> maps = process.maps();
  if (!maps)
    return maps.takeError();
  Records result;
  for (const Mapping &mapping : *maps) {
    if (mapping.inode != 0 || !mapping.readable || mapping.writable ||
        mapping.executable || !mapping.path.empty() ||
        mapping.end - mapping.begin > Record::kMostBytes)
      continue;
    std::vector<uint8_t> bytes(Record::kMagicSize);
    if (Error error = process.read(mapping.begin, bytes)) {
      consumeError(std::move(error)); // it went away
      continue;
    }
    if (!Record::isRecord(bytes))
      continue;
    bytes.resize(mapping.end - mapping.begin);
    if (Error error = process.read(mapping.begin, bytes))
      return error;
    if (std::optional<Record> record = Record::decode(bytes)) {
      record->address = mapping.begin;
      result.insert(std::move(*record));
    }
  }
  return result;
}

Error Records::add(Process &process, BorrowedThread &thread, Record &record) {
  std::vector<uint8_t> bytes = record.encode();
  uint64_t size = alignTo(bytes.size(), kPageSize);
  Expected<uint64_t> place =
      thread.systemCall("map memory", SystemCall::Map,
                        {0, size + 2 * kPageSize, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS, ~uint64_t(0), 0});
  if (!place)
    return place.takeError();
  record.address = *place + kPageSize;
  Expected<uint64_t> done =
      thread.systemCall("have memory with data", SystemCall::Protect,
                        {record.address, size, PROT_READ});
  if (!done)
    return done.takeError();
  return process.write(record.address, bytes);
}

Error Records::remove(BorrowedThread &thread, const Record &record) {
  uint64_t size = alignTo(record.encode().size(), kPageSize);
  Expected<uint64_t> done =
      thread.systemCall("unmap memory", SystemCall::Unmap,
                        {record.address - kPageSize, size + 2 * kPageSize});
  return done ? Error::success() : done.takeError();
}

} // namespace hotpad::live
