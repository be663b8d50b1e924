//===- IdentityPatch.cpp --------------------------------------------------===//

#include "patcher/detour/IdentityPatch.h"
#include "patcher/detour/Detour.h"
#include "patcher/linux/Room.h"
#include "llvm/Support/MathExtras.h"
#include <map>
#include <sys/mman.h>
#include <sys/syscall.h>

using namespace llvm;

namespace hotpad::live {

constexpr uint64_t kPageSize = 4096;

std::string IdentityPatch::nameOf(const LiveFunction &function) {
  return "detour of " + hex(function.place.entry - function.image->bias);
}

Error IdentityPatch::add(const Process &process, const LiveFunction &function) {
  constexpr size_t kLongest = 15; // bytes of an instruction
  std::vector<uint8_t> code(kLongest);
  uint64_t site = function.place.site;
  uint64_t room = function.image->high - site;
  if (room < code.size())
    code.resize(room);
  if (Error error = process.read(site, code))
    return error;
  // A trial, beside the function, where all is in reach.
  Expected<std::vector<uint8_t>> detour = makeDetour(code, site, site);
  if (!detour)
    return createStringError(function.where + ": " +
                             toString(detour.takeError()));
  moved.push_back({&function, std::move(code)});
  names.push_back(nameOf(function));
  return Error::success();
}

Error IdentityPatch::load(Process &process, const Images &,
                          BorrowedThread &thread) {
  std::map<const Image *, std::vector<const Moved *>> byImage;
  for (const Moved &one : moved)
    byImage[one.function->image].push_back(&one);
  for (const auto &[image, group] : byImage) {
    uint64_t size = alignTo(group.size() * kDetourSize, kPageSize);
    Expected<uint64_t> place = reserveNear(process, thread, *image, size);
    if (!place)
      return place.takeError();
    memory.push_back({*place, size});
    Expected<uint64_t> done =
        thread.systemCall("have memory with code", SYS_mprotect,
                          {*place, size, PROT_READ | PROT_EXEC});
    if (!done)
      return done.takeError();
    constexpr uint8_t kTrap = 0xcc;
    std::vector<uint8_t> bytes(size, kTrap);
    uint64_t next = 0;
    for (const Moved *one : group) {
      Expected<std::vector<uint8_t>> detour =
          makeDetour(one->code, one->function->place.site, *place + next);
      if (!detour)
        return createStringError(one->function->where + ": " +
                                 toString(detour.takeError()));
      std::copy(detour->begin(), detour->end(),
                bytes.begin() + ptrdiff_t(next));
      addresses[nameOf(*one->function)] = *place + next;
      next += kDetourSize;
    }
    if (Error error = process.write(*place, bytes))
      return error;
  }
  return Error::success();
}

Error IdentityPatch::unload(BorrowedThread &thread) {
  for (auto [address, size] : memory) {
    Expected<uint64_t> done =
        thread.systemCall("unmap memory", SYS_munmap, {address, size});
    if (!done)
      return done.takeError();
  }
  memory.clear();
  return Error::success();
}

} // namespace hotpad::live
