//===- IdentityPatch.cpp --------------------------------------------------===//

#include "patcher/detour/IdentityPatch.h"
#include "patcher/detour/Detour.h"
#include "patcher/linux/Room.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include <map>
#include <sys/mman.h>

using namespace llvm;

namespace hotpad::live {

constexpr uint64_t kPageSize = 4096, kCounterSize = 8;

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
  Expected<std::vector<uint8_t>> detour =
      makeDetour(process.bits(), code, site, site);
  if (!detour)
    return createStringError(function.where + ": " +
                             toString(detour.takeError()));
  moved.push_back({&function, std::move(code)});
  names.push_back(nameOf(function));
  return Error::success();
}

Error IdentityPatch::load(Process &process, const Images &,
                          BorrowedThread &thread) {
  std::map<const Image *, Group> byImage;
  for (const Moved &one : moved)
    byImage[one.function->image].moved.push_back(&one);
  for (auto &[image, group] : byImage) {
    Error error = loadGroup(process, thread, *image, group);
    groups.push_back(std::move(group)); // half of it, too, for unload()
    if (error)
      return error;
  }
  return Error::success();
}

Error IdentityPatch::loadGroup(Process &process, BorrowedThread &thread,
                               const Image &image, Group &group) {
  uint64_t count = group.moved.size();
  group.codeSize = alignTo(count * kDetourSize, kPageSize);
  group.counterSize = counts ? alignTo(count * kCounterSize, kPageSize) : 0;
  Expected<uint64_t> place =
      reserveNear(process, thread, image, group.codeSize + group.counterSize);
  if (!place)
    return place.takeError();
  group.address = *place;
  uint64_t counter = *place + group.codeSize;
  Expected<uint64_t> done =
      thread.systemCall("have memory with code", SystemCall::Protect,
                        {*place, group.codeSize, PROT_READ | PROT_EXEC});
  if (done && counts)
    done =
        thread.systemCall("have memory with data", SystemCall::Protect,
                          {counter, group.counterSize, PROT_READ | PROT_WRITE});
  if (!done)
    return done.takeError();
  constexpr uint8_t kTrap = 0xcc;
  std::vector<uint8_t> bytes(group.codeSize, kTrap);
  uint64_t next = 0;
  for (const Moved *one : group.moved) {
    Expected<std::vector<uint8_t>> detour =
        makeDetour(process.bits(), one->code, one->function->place.site,
                   *place + next, counts ? counter : 0);
    if (!detour)
      return createStringError(one->function->where + ": " +
                               toString(detour.takeError()));
    llvm::copy(*detour, bytes.begin() + ptrdiff_t(next));
    addresses[nameOf(*one->function)] = *place + next;
    next += kDetourSize;
    counter += kCounterSize;
  }
  return process.write(*place, bytes);
}

Error IdentityPatch::unload(BorrowedThread &thread) {
  for (const Group &group : groups) {
    if (group.address == 0)
      continue;
    Expected<uint64_t> done =
        thread.systemCall("unmap memory", SystemCall::Unmap,
                          {group.address, group.codeSize + group.counterSize});
    if (!done)
      return done.takeError();
  }
  groups.clear();
  return Error::success();
}

Expected<std::vector<IdentityPatch::Calls>>
IdentityPatch::readCalls(const Process &process) const {
  std::vector<Calls> calls;
  for (const Group &group : groups) {
    std::vector<uint8_t> bytes(group.moved.size() * kCounterSize);
    if (Error error = process.read(group.address + group.codeSize, bytes))
      return error;
    for (size_t i = 0; i != group.moved.size(); ++i)
      calls.push_back(
          {group.moved[i]->function,
           support::endian::read64le(bytes.data() + i * kCounterSize)});
  }
  return calls;
}

} // namespace hotpad::live
