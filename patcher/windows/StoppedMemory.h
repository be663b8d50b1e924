//===- StoppedMemory.h - memory that nobody else changes now ----*- C++ -*-===//
//
// While all threads are stopped, every call to the system counts, and of a plan
// for thousands of functions there would be three for each of its writes. But
// nothing changes meanwhile: what was read once stays true, and bytes between
// two writes can be written again as they are.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_WINDOWS_STOPPEDMEMORY_H
#define HOTPAD_PATCHER_WINDOWS_STOPPEDMEMORY_H

#include "patcher/windows/Process.h"
#include <map>

namespace hotpad::windows {

/// Of \p process, as long as its threads are stopped.
class StoppedMemory : public patch::Memory {
public:
  explicit StoppedMemory(Process &process) : process(process) {}

  patch::Failure read(uint64_t address, uint8_t *bytes, size_t size) override;
  patch::Failure write(uint64_t address, const uint8_t *bytes,
                       size_t size) override;
  /// Writes to one page become one.
  patch::Failure writeAll(const std::vector<patch::Write> &writes) override;

private:
  Process &process;
  std::map<uint64_t, std::vector<uint8_t>> pages; ///< By address.
};

} // namespace hotpad::windows

#endif
