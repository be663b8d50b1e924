//===- Status.cpp - which functions are replaced --------------------------===//

#include "patcher/live/LiveProcess.h"

using namespace llvm;

namespace hotpad::live {

Expected<Report> status(pid_t pid, const std::vector<std::string> &symbols) {
  Expected<LiveProcess> live = LiveProcess::open(pid, symbols);
  if (!live)
    return live.takeError();
  Report report;
  report.program = live->process->program();
  report.warnings = live->images->unread().vec();
  for (const std::unique_ptr<Image> &image : live->images->all()) {
    Expected<patch::Slots> slots = live->functions->slots(*image);
    if (!slots)
      return slots.takeError();
    report.slots += slots->total();
    report.usedSlots += slots->used();
  }
  for (const LiveFunction &function : live->functions->all()) {
    if (function.broken != 0)
      continue;
    Expected<patch::State> state = live->functions->state(function);
    if (!state)
      return state.takeError();
    if (state->kind != patch::State::Original)
      report.functions.push_back(live->describe(function, *state));
  }
  return report;
}

} // namespace hotpad::live
