//===- Records.h - the records in a process ---------------------*- C++ -*-===//
//
// Each record (patcher/core/Record.h) is an allocation of its own, read-only.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_WINDOWS_RECORDS_H
#define HOTPAD_PATCHER_WINDOWS_RECORDS_H

#include "patcher/core/Record.h"
#include "patcher/windows/Process.h"

namespace hotpad::windows {

patch::RecordList readRecords(Process &process);

/// Writes \p record into the process, and says where.
void addRecord(Process &process, patch::Record &record);

} // namespace hotpad::windows

#endif
