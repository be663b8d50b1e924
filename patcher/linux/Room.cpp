//===- Room.cpp -----------------------------------------------------------===//

#include "patcher/linux/Room.h"
#include <sys/mman.h>

using namespace llvm;

namespace hotpad::live {

constexpr uint64_t kPageSize = 4096;

uint64_t findRoom(ArrayRef<Mapping> maps, uint64_t low, uint64_t high,
                  uint64_t size) {
  constexpr uint64_t kReach = (1ull << 31) - (1ull << 20);
  constexpr uint64_t kLowest = 1 << 16; // vm.mmap_min_addr
  uint64_t best = 0;
  auto consider = [&](uint64_t begin) {
    uint64_t from = std::min(begin, low), to = std::max(begin + size, high);
    if (to - from < kReach &&
        (best == 0 || (begin < low && best > high))) // the heap grows upwards
      best = begin;
  };
  uint64_t gap = kLowest;
  for (const Mapping &mapping : maps) {
    // A page stays free on both sides.
    uint64_t room = size + 2 * kPageSize;
    if (mapping.begin >= gap && mapping.begin - gap >= room) {
      if (mapping.begin <= low)
        best = 0, consider(mapping.begin - kPageSize - size);
      else if (best == 0) {
        // Far above what is there, which may be a heap.
        uint64_t middle = gap + (mapping.begin - gap) / 2;
        uint64_t far = std::min(middle, low + kReach / 2);
        far &= -kPageSize;
        if (far > gap + kPageSize && far + size < mapping.begin)
          consider(far);
      }
    }
    gap = std::max(gap, mapping.end);
  }
  return best;
}

Expected<uint64_t> reserveNear(Process &process, BorrowedThread &thread,
                               const Image &image, uint64_t size) {
  Expected<std::vector<Mapping>> maps = process.maps();
  if (!maps)
    return maps.takeError();
  uint64_t place = findRoom(*maps, image.low, image.high, size);
  if (place == 0)
    return process.error("there is no room for " + Twine(size) +
                         " bytes within 2 GB of " + image.path);
  return thread.systemCall("map memory near its program", SystemCall::Map,
                           {place, size, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
                            ~uint64_t(0), 0});
}

} // namespace hotpad::live
