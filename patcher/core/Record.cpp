//===- Record.cpp ---------------------------------------------------------===//
//
//      0  magic            16 size   20 sequence   24 hash
//     32  number of entries          36 length of the path
//     40  the entries: entry, target, previous (8 bytes each), then the length
//         of the name and where it is (4 bytes each)
//         the path and the names
//
// All little-endian.
//
//===----------------------------------------------------------------------===//

#include "patcher/core/Record.h"
#include <algorithm>
#include <cstring>

namespace hotpad::patch {

namespace {

constexpr uint8_t kMagic[Record::kMagicSize] = {
    0xfe, 'h',  'o',  't',  'p',  'a',  'd',  0x01,
    0x9c, 0x3e, 0xd1, 0x55, 0x7a, 0x08, 0xb4, 0xe7};
constexpr size_t kHeaderSize = 40, kEntrySize = 32;

template <typename T> void put(uint8_t *at, T value) {
  for (size_t i = 0; i != sizeof(T); ++i)
    at[i] = static_cast<uint8_t>(value >> (8 * i));
}

template <typename T> T get(const uint8_t *at) {
  T value = 0;
  for (size_t i = 0; i != sizeof(T); ++i)
    value |= static_cast<T>(T(at[i]) << (8 * i));
  return value;
}

} // namespace

uint64_t Record::previousAt(size_t entry) const {
  return address + kHeaderSize + entry * kEntrySize + 16;
}

void Record::add(const Place &place, const State &state, uint64_t target,
                 std::string name) {
  uint64_t previous = state.kind == State::Replaced ? state.target : 0;
  entries.push_back({place.entry, target, previous, std::move(name)});
}

std::vector<uint8_t> Record::encode() const {
  std::vector<uint8_t> bytes(kHeaderSize + entries.size() * kEntrySize);
  auto append = [&](const std::string &text) {
    size_t at = bytes.size();
    bytes.insert(bytes.end(), text.begin(), text.end());
    return static_cast<uint32_t>(at);
  };
  append(patch);
  for (size_t i = 0; i != entries.size(); ++i) {
    uint32_t name = append(entries[i].name);
    uint8_t *at = bytes.data() + kHeaderSize + i * kEntrySize;
    put<uint64_t>(at, entries[i].entry);
    put<uint64_t>(at + 8, entries[i].target);
    put<uint64_t>(at + 16, entries[i].previous);
    put<uint32_t>(at + 24, static_cast<uint32_t>(entries[i].name.size()));
    put<uint32_t>(at + 28, name);
  }
  std::copy(std::begin(kMagic), std::end(kMagic), bytes.begin());
  put<uint32_t>(&bytes[16], static_cast<uint32_t>(bytes.size()));
  put<uint32_t>(&bytes[20], sequence);
  put<uint64_t>(&bytes[24], hash);
  put<uint32_t>(&bytes[32], static_cast<uint32_t>(entries.size()));
  put<uint32_t>(&bytes[36], static_cast<uint32_t>(patch.size()));
  return bytes;
}

bool Record::isRecord(std::span<const uint8_t> start) {
  return start.size() >= kMagicSize &&
         std::equal(std::begin(kMagic), std::end(kMagic), start.begin());
}

std::optional<Record> Record::decode(std::span<const uint8_t> bytes) {
  if (bytes.size() < kHeaderSize || !isRecord(bytes))
    return std::nullopt;
  uint32_t size = get<uint32_t>(&bytes[16]);
  if (size < kHeaderSize || size > bytes.size())
    return std::nullopt;
  bytes = bytes.first(size);
  auto text = [&](uint64_t at, uint64_t length) -> std::optional<std::string> {
    if (at > bytes.size() || bytes.size() - at < length)
      return std::nullopt;
    return std::string(bytes.begin() + ptrdiff_t(at),
                       bytes.begin() + ptrdiff_t(at + length));
  };
  Record record;
  record.sequence = get<uint32_t>(&bytes[20]);
  record.hash = get<uint64_t>(&bytes[24]);
  uint64_t count = get<uint32_t>(&bytes[32]);
  if (count > (bytes.size() - kHeaderSize) / kEntrySize)
    return std::nullopt;
  std::optional<std::string> path =
      text(kHeaderSize + count * kEntrySize, get<uint32_t>(&bytes[36]));
  if (!path)
    return std::nullopt;
  record.patch = *path;
  for (uint64_t i = 0; i != count; ++i) {
    const uint8_t *at = bytes.data() + kHeaderSize + i * kEntrySize;
    std::optional<std::string> name =
        text(get<uint32_t>(at + 28), get<uint32_t>(at + 24));
    if (!name)
      return std::nullopt;
    record.entries.push_back({get<uint64_t>(at), get<uint64_t>(at + 8),
                              get<uint64_t>(at + 16), *name});
  }
  return record;
}

void RecordList::insert(Record record) {
  auto place = std::upper_bound(
      records.begin(), records.end(), record,
      [](const Record &a, const Record &b) { return a.sequence < b.sequence; });
  records.insert(place, std::move(record));
}

std::vector<RecordList::Link> RecordList::chainOf(uint64_t entry,
                                                  uint64_t target) const {
  std::vector<Link> chain;
  // From the newest to the oldest: a record's `previous` is older than itself.
  for (auto record = records.rbegin(); record != records.rend(); ++record)
    for (size_t i = 0; i != record->entries.size() && target != 0; ++i)
      if (record->entries[i].entry == entry &&
          record->entries[i].target == target) {
        chain.push_back({&*record, i});
        target = record->entries[i].previous;
        break;
      }
  return chain;
}

} // namespace hotpad::patch
