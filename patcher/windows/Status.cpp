//===- Status.cpp - which functions are replaced --------------------------===//

#include "patcher/windows/Live.h"

namespace hotpad::windows {

Report status(uint32_t pid) {
  LiveProcess live(pid);
  Report report;
  report.program = live.images.program;
  for (const auto &image : live.images.all) {
    patch::Slots slots = live.functions.slots(live.process, *image);
    report.slots += slots.total();
    report.usedSlots += slots.used();
  }
  for (const Function &function : live.functions.all()) {
    if (function.lacks)
      continue;
    patch::State state = live.functions.state(live.process, function);
    if (state.kind != patch::State::Original)
      report.functions.push_back(live.describe(function, state));
  }
  return report;
}

} // namespace hotpad::windows
