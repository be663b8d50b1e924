//===- Records.h - what a process says of its patches -----------*- C++ -*-===//
//
// A slot holds one address: what it held before, when patches stack, has to be
// written down somewhere, and so has a patch's name. That place is the process
// itself: each patch brings a record, a read-only mapping of its own that
// begins with a magic number and has an inaccessible page on either side. It is
// written before any function is switched.
//
// A record says what a patch did to each function. Whether that still holds is
// read from the function's bytes alone: the slot names the newest replacement,
// the record of that one names the one before it, and so on (chainOf()).
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LIVE_RECORDS_H
#define HOTPAD_PATCHER_LIVE_RECORDS_H

#include "patcher/linux/BorrowedThread.h"

namespace hotpad::live {

struct RecordEntry {
  uint64_t entry = 0;    ///< Of the function, as it is patched.
  uint64_t target = 0;   ///< Of what replaces it.
  uint64_t previous = 0; ///< What replaced it before; 0: nothing.
  std::string name;      ///< Of what replaces it.
};

struct Record {
  uint32_t sequence = 0; ///< Of two patches the newer one has the larger.
  uint64_t hash = 0;     ///< Of the patch's file.
  std::string patch;     ///< Its path.
  std::vector<RecordEntry> entries;
  uint64_t address = 0;                    ///< Of the mapping's bytes.
  uint64_t previousAt(size_t entry) const; ///< Address of that field.

  std::vector<uint8_t> encode() const;
  /// Nothing when \p bytes are no record.
  static std::optional<Record> decode(llvm::ArrayRef<uint8_t> bytes);
};

class Records {
public:
  static llvm::Expected<Records> read(const Process &process);

  llvm::ArrayRef<Record> all() const { return records; } ///< The oldest first.
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

  /// Writes \p record into the process, and says where.
  static llvm::Error add(Process &process, BorrowedThread &thread,
                         Record &record);
  static llvm::Error remove(BorrowedThread &thread, const Record &record);

private:
  std::vector<Record> records;
};

} // namespace hotpad::live

#endif
