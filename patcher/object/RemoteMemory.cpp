//===- RemoteMemory.cpp ---------------------------------------------------===//

#include "patcher/object/RemoteMemory.h"
#include "patcher/linux/Room.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include <sys/mman.h>

using namespace llvm;
using namespace llvm::jitlink;

namespace hotpad::live {

constexpr uint64_t kPageSize = 4096;

class RemoteMemory::InFlight : public JITLinkMemoryManager::InFlightAlloc {
public:
  struct Part {
    uint64_t address = 0, size = 0;
    int protection = 0;
    std::vector<char> bytes;
  };
  InFlight(RemoteMemory &memory, std::vector<Part> parts)
      : memory(memory), parts(std::move(parts)) {}

  void finalize(OnFinalizedFunction onFinalized) override {
    if (Error error = put())
      return onFinalized(std::move(error));
    onFinalized(FinalizedAlloc(orc::ExecutorAddr(memory.begin)));
  }
  void abandon(OnAbandonedFunction onAbandoned) override {
    onAbandoned(memory.release());
  }

private:
  Error put() {
    for (const Part &part : parts) {
      Expected<uint64_t> done = memory.thread.systemCall(
          part.protection & PROT_EXEC ? "have memory with code"
                                      : "have memory with data",
          SystemCall::Protect,
          {part.address, part.size, uint64_t(part.protection)});
      if (!done)
        return done.takeError();
      if (Error error = memory.process.write(
              part.address,
              ArrayRef(reinterpret_cast<const uint8_t *>(part.bytes.data()),
                       part.bytes.size())))
        return error;
    }
    return Error::success();
  }

  RemoteMemory &memory;
  std::vector<Part> parts;
};

void RemoteMemory::allocate(const JITLinkDylib *, LinkGraph &graph,
                            OnAllocatedFunction onAllocated) {
  BasicLayout layout(graph);
  auto sizes = layout.getContiguousPageBasedLayoutSizes(kPageSize);
  if (!sizes)
    return onAllocated(sizes.takeError());
  size = std::max(sizes->total(), kPageSize);
  Expected<uint64_t> place = reserveNear(process, thread, near, size);
  if (!place)
    return onAllocated(place.takeError());
  begin = *place;
  std::vector<InFlight::Part> parts;
  uint64_t next = begin;
  for (auto &[group, segment] : layout.segments()) {
    InFlight::Part part;
    orc::MemProt access = group.getMemProt();
    auto has = [&](orc::MemProt one) {
      return (access & one) != orc::MemProt::None;
    };
    part.protection = (has(orc::MemProt::Read) ? PROT_READ : 0) |
                      (has(orc::MemProt::Write) ? PROT_WRITE : 0) |
                      (has(orc::MemProt::Exec) ? PROT_EXEC : 0);
    part.address = next;
    part.size = alignTo(segment.ContentSize + segment.ZeroFillSize, kPageSize);
    part.bytes.resize(segment.ContentSize);
    next += part.size;
    parts.push_back(
        std::move(part)); // the bytes themselves stay where they are
    segment.Addr = orc::ExecutorAddr(parts.back().address);
    segment.WorkingMem = parts.back().bytes.data();
  }
  if (Error error = layout.apply())
    return onAllocated(std::move(error));
  onAllocated(std::make_unique<InFlight>(*this, std::move(parts)));
}

void RemoteMemory::deallocate(std::vector<FinalizedAlloc> allocations,
                              OnDeallocatedFunction onDeallocated) {
  for (FinalizedAlloc &allocation : allocations)
    allocation.release();
  onDeallocated(release());
}

Error RemoteMemory::release() {
  if (begin == 0)
    return Error::success();
  Expected<uint64_t> done =
      thread.systemCall("unmap memory", SystemCall::Unmap, {begin, size});
  begin = 0;
  return done ? Error::success() : done.takeError();
}

} // namespace hotpad::live
