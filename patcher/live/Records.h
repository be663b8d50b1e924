//===- Records.h - the records in a process ---------------------*- C++ -*-===//
//
// Each record (patcher/core/Record.h) is a read-only mapping of its own, which
// has an inaccessible page on either side.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LIVE_RECORDS_H
#define HOTPAD_PATCHER_LIVE_RECORDS_H

#include "patcher/core/Record.h"
#include "patcher/linux/BorrowedThread.h"

namespace hotpad::live {

using patch::Record;
using patch::RecordEntry;

class Records : public patch::RecordList {
public:
  static llvm::Expected<Records> read(const Process &process);

  /// Writes \p record into the process, and says where.
  static llvm::Error add(Process &process, BorrowedThread &thread,
                         Record &record);
  static llvm::Error remove(BorrowedThread &thread, const Record &record);
};

} // namespace hotpad::live

#endif
