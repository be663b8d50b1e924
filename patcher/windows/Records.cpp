//===- Records.cpp --------------------------------------------------------===//

#include "patcher/windows/Records.h"

namespace hotpad::windows {

using patch::Record;

patch::RecordList readRecords(Process &process) {
  patch::RecordList result;
  for (const Region &region : process.regions()) {
    if (region.state != MEM_COMMIT || region.type != MEM_PRIVATE ||
        region.protection != PAGE_READONLY || !region.isAllocation ||
        region.size > Record::kMostBytes)
      continue;
    std::vector<uint8_t> bytes(Record::kMagicSize);
    if (process.read(region.begin, bytes.data(), bytes.size()) ||
        !Record::isRecord(bytes))
      continue;
    bytes.resize(region.size);
    process.readAll(region.begin, bytes);
    if (std::optional<Record> record = Record::decode(bytes)) {
      record->address = region.begin;
      result.insert(std::move(*record));
    }
  }
  return result;
}

void addRecord(Process &process, Record &record) {
  record.address = process.place(record.encode(), PAGE_READONLY);
}

} // namespace hotpad::windows
