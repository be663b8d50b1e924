//===- IdentityPatch.cpp --------------------------------------------------===//

#include "patcher/core/FirstInstruction.h"
#include "patcher/windows/Patch.h"
#include <algorithm>

namespace hotpad::windows {

std::string IdentityPatch::nameOf(const Function &function) {
  return "detour of " + fileName(function.image->module.path) +
         "!rva:" + hex(function.place.entry - function.image->base());
}

const char *IdentityPatch::add(const Function &function) {
  const Image &image = *function.image;
  uint64_t site = function.place.site;
  std::vector<uint8_t> code(patch::kLongestInstruction);
  while (!code.empty() && !image.readCode(site, code))
    code.pop_back();
  // A trial, beside the function, where all is in reach.
  const char *why = nullptr;
  if (!patch::moveFirstInstruction(Process::kBits, code, site, site, why))
    return why;
  moved.push_back({&function, std::move(code)});
  return nullptr;
}

void IdentityPatch::load(Process &process) {
  std::map<const Image *, std::vector<const Moved *>> byImage;
  for (const Moved &one : moved)
    byImage[one.function->image].push_back(&one);
  try {
    for (const auto &[image, group] : byImage)
      loadFor(process, *image, group);
  } catch (const Error &) {
    unload(process);
    throw;
  }
}

void IdentityPatch::loadFor(Process &process, const Image &image,
                            const std::vector<const Moved *> &group) {
  constexpr uint8_t kTrap = 0xcc;
  std::vector<uint8_t> bytes(group.size() * patch::kDetourRoom, kTrap);
  uint64_t place =
      process.reserveNear(image.base(), image.file.sizeOfImage(), bytes.size());
  memory.push_back(place);
  size_t next = 0;
  for (const Moved *one : group) {
    const char *why = nullptr;
    auto detour = patch::moveFirstInstruction(Process::kBits, one->code,
                                              one->function->place.site,
                                              place + next, why);
    if (!detour)
      throw process.error(one->function->where() + ": " + why);
    std::copy(detour->begin(), detour->end(), bytes.begin() + ptrdiff_t(next));
    addresses[nameOf(*one->function)] = place + next;
    next += patch::kDetourRoom;
  }
  process.fill(place, bytes, PAGE_EXECUTE_READ);
}

void IdentityPatch::unload(Process &process) {
  for (uint64_t address : memory)
    process.giveBack(address);
  memory.clear();
}

uint64_t IdentityPatch::address(const std::string &function) const {
  auto found = addresses.find(function);
  return found == addresses.end() ? 0 : found->second;
}

} // namespace hotpad::windows
