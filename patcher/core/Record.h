//===- Record.h - what a process says of one patch --------------*- C++ -*-===//
//
// A slot holds one address: what it held before, when patches stack, has to be
// written down somewhere, and so has a patch's name. That place is the process
// itself: each patch brings a record, read-only memory that begins with a magic
// number. It is written before any function is switched.
//
// A record says what a patch did to each function. Whether that still holds is
// read from the function's bytes alone: the slot names the newest replacement,
// the record of that one names the one before it, and so on (chainOf()).
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_CORE_RECORD_H
#define HOTPAD_PATCHER_CORE_RECORD_H

#include "patcher/core/Plan.h"
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hotpad::patch {

struct RecordEntry {
  uint64_t entry = 0;    ///< Of the function, as it is patched.
  uint64_t target = 0;   ///< Of what replaces it.
  uint64_t previous = 0; ///< What replaced it before; 0: nothing.
  std::string name;      ///< Of what replaces it.
};

struct Record {
  static constexpr size_t kMagicSize = 16;
  /// More than that is none.
  static constexpr size_t kMostBytes = 1 << 28;

  uint32_t sequence = 0; ///< Of two patches the newer one has the larger.
  uint64_t hash = 0;     ///< Of the patch's file.
  std::string patch;     ///< Its path.
  std::vector<RecordEntry> entries;
  uint64_t address = 0;                    ///< Of its first byte.
  uint64_t previousAt(size_t entry) const; ///< Address of that field.

  /// The function at \p place, which is in \p state, is replaced by \p name at
  /// \p target.
  void add(const Place &place, const State &state, uint64_t target,
           std::string name);
  std::vector<uint8_t> encode() const;
  static bool isRecord(std::span<const uint8_t> start);
  /// Nothing when \p bytes are no record.
  static std::optional<Record> decode(std::span<const uint8_t> bytes);
};

/// The records of a process.
class RecordList {
public:
  void insert(Record record);

  std::span<const Record> all() const { return records; } ///< Oldest first.
  uint32_t nextSequence() const {
    return records.empty() ? 1 : records.back().sequence + 1;
  }
  struct Link {
    const Record *record = nullptr;
    size_t entry = 0; ///< Number in Record::entries.
    const RecordEntry &operator*() const { return record->entries[entry]; }
    const RecordEntry *operator->() const { return &**this; }
  };
  /// The replacements of the function at \p entry that is replaced by \p
  /// target, the newest first. What no record knows ends it.
  std::vector<Link> chainOf(uint64_t entry, uint64_t target) const;

private:
  std::vector<Record> records;
};

} // namespace hotpad::patch

#endif
