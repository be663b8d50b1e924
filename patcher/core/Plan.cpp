//===- Plan.cpp -----------------------------------------------------------===//

#include "patcher/core/Plan.h"
#include <cstdio>

namespace hotpad::patch {

namespace {

std::vector<uint8_t> pointerBytes(Bits bits, uint64_t value) {
  std::vector<uint8_t> bytes(slotSize(bits));
  for (size_t i = 0; i != bytes.size(); ++i)
    bytes[i] = static_cast<uint8_t>(value >> (8 * i));
  return bytes;
}

template <typename Bytes> std::vector<uint8_t> vectorOf(const Bytes &bytes) {
  return {bytes.begin(), bytes.end()};
}

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx",
                static_cast<unsigned long long>(value));
  return text;
}

} // namespace

Failure Memory::writeAll(const std::vector<Write> &writes) {
  for (const Write &one : writes)
    if (Failure failure =
            write(one.address, one.after.data(), one.after.size()))
      return failure;
  return std::nullopt;
}

void Plan::replace(const Place &place, const State &state, uint64_t target,
                   uint64_t slot) {
  if (state.kind == State::Replaced)
    return retarget(state, target);
  std::vector<uint8_t> pointer = pointerBytes(bits, target);
  if (state.kind == State::Reverted)
    slot = state.slot;
  slots.push_back({slot, pointerBytes(bits, state.target), pointer});
  if (state.kind != State::Reverted)
    pads.push_back({place.entry - kPadSize, vectorOf(place.pad),
                    vectorOf(encodePad(bits, place.entry, slot))});
  switches.push_back({place.site, vectorOf(place.original),
                      vectorOf(encodeSite(place.entry, place.site))});
}

void Plan::prepare(const Place &place, uint64_t slot) {
  slots.push_back(
      {slot, pointerBytes(bits, 0), pointerBytes(bits, place.entry)});
  pads.push_back({place.entry - kPadSize, vectorOf(place.pad),
                  vectorOf(encodePad(bits, place.entry, slot))});
}

void Plan::retarget(const State &state, uint64_t target) {
  switches.push_back({state.slot, pointerBytes(bits, state.target),
                      pointerBytes(bits, target)});
}

void Plan::restore(const Place &place) {
  switches.push_back({place.site, vectorOf(encodeSite(place.entry, place.site)),
                      vectorOf(place.original)});
}

Failure Plan::check(Memory &memory) const {
  for (const std::vector<Write> *list : {&slots, &pads, &switches})
    for (const Write &write : *list) {
      std::vector<uint8_t> found(write.before.size());
      if (Failure failure =
              memory.read(write.address, found.data(), found.size()))
        return failure;
      if (found != write.before)
        return "the bytes at " + hex(write.address) +
               " changed while the patch was prepared";
    }
  return std::nullopt;
}

Failure Plan::run(Memory &memory,
                  const std::function<Failure()> &barrier) const {
  if (Failure failure = check(memory))
    return failure;
  std::vector<const Write *> done;
  auto writeAll = [&](const std::vector<Write> &list) -> Failure {
    for (const Write &write : list)
      done.push_back(&write); // What failed may have written some of it.
    return memory.writeAll(list);
  };
  Failure failure = writeAll(slots);
  if (!failure)
    failure = writeAll(pads);
  if (!failure && barrier)
    failure = barrier();
  if (!failure)
    failure = writeAll(switches);
  if (!failure)
    return std::nullopt;
  for (auto undo = done.rbegin(); undo != done.rend(); ++undo)
    if (Failure worse = memory.write((*undo)->address, (*undo)->before.data(),
                                     (*undo)->before.size()))
      return *failure + "; and taking back what was written failed: " + *worse;
  return failure;
}

} // namespace hotpad::patch
