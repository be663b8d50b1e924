#include "patcher/core/Plan.h"
#include "gtest/gtest.h"
#include <map>

using namespace hotpad::patch;

namespace {

constexpr uint64_t kEntry = 0x1008, kSlot = 0x2000, kTarget = 0x112233445566;

/// Bytes by address. The write number `failing` (from 1) fails, half done.
struct FakeMemory : Memory {
  std::map<uint64_t, uint8_t> bytes;
  std::vector<uint64_t> written;
  unsigned failing = 0, count = 0;

  Failure read(uint64_t address, uint8_t *out, size_t size) override {
    for (size_t i = 0; i != size; ++i)
      out[i] = bytes[address + i];
    return std::nullopt;
  }
  Failure write(uint64_t address, const uint8_t *in, size_t size) override {
    ++count;
    written.push_back(address);
    if (count == failing)
      size /= 2;
    for (size_t i = 0; i != size; ++i)
      bytes[address + i] = in[i];
    return count == failing ? Failure("no") : std::nullopt;
  }
};

Place placeOf(uint64_t entry) {
  return {entry, entry, {0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc}, {0x40, 0x53}};
}

void fill(FakeMemory &memory, const Place &place) {
  for (size_t i = 0; i != kPadSize; ++i)
    memory.bytes[place.entry - kPadSize + i] = place.pad[i];
  for (size_t i = 0; i != kSiteSize; ++i)
    memory.bytes[place.site + i] = place.original[i];
}

State stateOf(FakeMemory &memory, const Place &place) {
  PadBytes pad;
  SiteBytes site;
  memory.read(place.entry - kPadSize, pad.data(), pad.size());
  memory.read(place.site, site.data(), site.size());
  State state = readState(Bits::B64, place, pad, site, [](uint64_t address) {
    return address >= kSlot && address < kSlot + 64;
  });
  for (unsigned i = 0; state.slot && i != 8; ++i)
    state.target |= uint64_t(memory.bytes[state.slot + i]) << (8 * i);
  return state;
}

TEST(Plan, PreparedFunctionsLeadToThemselves) {
  FakeMemory memory;
  Place place = placeOf(kEntry);
  fill(memory, place);
  Plan plan(Bits::B64);
  plan.prepare(place, kSlot);
  ASSERT_FALSE(plan.run(memory));
  EXPECT_EQ(memory.written, (std::vector<uint64_t>{kSlot, kEntry - kPadSize}));
  State state = stateOf(memory, place);
  EXPECT_EQ(state.kind, State::Reverted);
  EXPECT_EQ(state.slot, kSlot);
  EXPECT_EQ(state.target, kEntry);
  Plan next(Bits::B64);
  next.replace(place, state, kTarget, 0);
  ASSERT_FALSE(next.run(memory));
  EXPECT_EQ(stateOf(memory, place).kind, State::Replaced);
  EXPECT_EQ(stateOf(memory, place).target, kTarget);
}

TEST(Plan, ReplacesAndRestores) {
  FakeMemory memory;
  Place place = placeOf(kEntry);
  fill(memory, place);
  EXPECT_EQ(stateOf(memory, place).kind, State::Original);

  Plan apply(Bits::B64);
  apply.replace(place, stateOf(memory, place), kTarget, kSlot);
  EXPECT_EQ(apply.run(memory), std::nullopt);
  // The slot, the pad, and the site last.
  EXPECT_EQ(memory.written,
            (std::vector<uint64_t>{kSlot, kEntry - kPadSize, kEntry}));
  State state = stateOf(memory, place);
  EXPECT_EQ(state.kind, State::Replaced);
  EXPECT_EQ(state.slot, kSlot);
  EXPECT_EQ(state.target, kTarget);

  Plan revert(Bits::B64);
  revert.restore(place);
  EXPECT_EQ(revert.run(memory), std::nullopt);
  state = stateOf(memory, place);
  EXPECT_EQ(state.kind, State::Reverted);
  EXPECT_EQ(state.slot, kSlot); // a thread may be on its way through it
}

TEST(Plan, AnotherPatchChangesTheSlotAlone) {
  FakeMemory memory;
  Place place = placeOf(kEntry);
  fill(memory, place);
  Plan first(Bits::B64), second(Bits::B64);
  first.replace(place, stateOf(memory, place), kTarget, kSlot);
  first.run(memory);
  memory.written.clear();
  second.replace(place, stateOf(memory, place), kTarget + 1, kSlot + 8);
  EXPECT_EQ(second.run(memory), std::nullopt);
  EXPECT_EQ(memory.written, std::vector<uint64_t>{kSlot});
  EXPECT_EQ(stateOf(memory, place).target, kTarget + 1);
}

TEST(Plan, FailuresAreTakenBack) {
  std::vector<Place> places = {placeOf(kEntry), placeOf(kEntry + 64)};
  for (unsigned failing = 1; failing <= 6; ++failing) {
    FakeMemory memory;
    Plan plan(Bits::B64);
    uint64_t slot = kSlot;
    for (const Place &place : places) {
      fill(memory, place);
      plan.replace(place, stateOf(memory, place), kTarget, slot);
      slot += 8;
    }
    memory.bytes[kSlot], memory.bytes[kSlot + 8]; // zeros
    std::map<uint64_t, uint8_t> before = memory.bytes;
    memory.failing = failing;
    EXPECT_EQ(plan.run(memory), "no");
    for (auto [address, byte] : memory.bytes)
      EXPECT_EQ(byte, before[address]) << failing << ": " << address;
  }
}

/// The patcher may die between any two writes.
TEST(Plan, EveryFunctionIsOldOrNewAllTheTime) {
  std::vector<Place> places = {placeOf(kEntry), placeOf(kEntry + 64)};
  struct Watched : FakeMemory {
    std::vector<Place> *places = nullptr;
    Failure write(uint64_t address, const uint8_t *in, size_t size) override {
      Failure failure = FakeMemory::write(address, in, size);
      for (const Place &place : *places) {
        bool isNew = bytes[place.site] == 0xeb;
        State state = stateOf(*this, place);
        EXPECT_EQ(state.kind == State::Replaced, isNew);
        if (isNew) {
          EXPECT_EQ(state.target, kTarget);
        }
      }
      return failure;
    }
  } memory;
  memory.places = &places;
  Plan plan(Bits::B64);
  uint64_t slot = kSlot;
  for (const Place &place : places) {
    fill(memory, place);
    plan.replace(place, State{State::Original, 0, 0}, kTarget, slot);
    slot += 8;
  }
  EXPECT_EQ(plan.run(memory), std::nullopt);
  EXPECT_EQ(memory.count, 6u);
}

TEST(Plan, ChangedBytesAreFound) {
  FakeMemory memory;
  Place place = placeOf(kEntry);
  fill(memory, place);
  Plan plan(Bits::B64);
  plan.replace(place, stateOf(memory, place), kTarget, kSlot);
  memory.bytes[kEntry] = 0x90;
  EXPECT_EQ(plan.run(memory),
            "the bytes at 0x1008 changed while the patch was prepared");
  EXPECT_TRUE(memory.written.empty());
}

TEST(Slots, NearestFreeOneInReach) {
  Slots slots(Bits::B64);
  slots.add(0x1000, true);
  slots.add(0x2000, false); // holds something
  slots.add(0x3000, true);
  slots.add(0x200000000, true);
  slots.use(0x3000); // a pad jumps through it
  EXPECT_EQ(slots.take(0x2008), 0x1000u);
  EXPECT_EQ(slots.take(0x2008), std::nullopt); // the last one is too far
  EXPECT_EQ(slots.total(), 4u);
  EXPECT_EQ(slots.used(), 3u);
}

} // namespace
