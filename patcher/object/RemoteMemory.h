//===- RemoteMemory.h - JITLink's memory, in another process ----*- C++ -*-===//
//
// Room is reserved near an image, so that calls and references reach; its pages
// get the access they are for, and only then bytes are put into them, from
// outside, which no page protection keeps a tracer from. So nothing is ever
// writable and executable.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_OBJECT_REMOTEMEMORY_H
#define HOTPAD_PATCHER_OBJECT_REMOTEMEMORY_H

#include "patcher/linux/BorrowedThread.h"
#include "patcher/linux/Images.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"

namespace hotpad::live {

class RemoteMemory : public llvm::jitlink::JITLinkMemoryManager {
public:
  RemoteMemory(Process &process, BorrowedThread &thread, const Image &near)
      : process(process), thread(thread), near(near) {}

  void allocate(const llvm::jitlink::JITLinkDylib *library,
                llvm::jitlink::LinkGraph &graph,
                OnAllocatedFunction onAllocated) override;
  void deallocate(std::vector<FinalizedAlloc> allocations,
                  OnDeallocatedFunction onDeallocated) override;

  /// What is reserved: address and size.
  std::pair<uint64_t, uint64_t> range() const { return {begin, size}; }
  /// Gives back what was reserved, after a failure.
  llvm::Error release();

private:
  class InFlight;

  Process &process;
  BorrowedThread &thread;
  const Image &near;
  uint64_t begin = 0, size = 0;
};

} // namespace hotpad::live

#endif
