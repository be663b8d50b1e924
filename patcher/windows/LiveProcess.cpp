//===- LiveProcess.cpp ----------------------------------------------------===//

#include "patcher/windows/Live.h"

namespace hotpad::windows {

LiveProcess::LiveProcess(uint32_t pid)
    : process(pid), images(readImages(process)), functions(process, images),
      records(readRecords(process)) {}

FunctionReport LiveProcess::describe(const Function &function,
                                     const patch::State &state) const {
  FunctionReport report;
  report.name = function.name;
  report.image = function.image->module.path;
  report.rva = function.rva;
  switch (state.kind) {
  case patch::State::Original:
  case patch::State::Reverted:
    report.kind = FunctionReport::Reverted;
    return report;
  case patch::State::Foreign:
    report.kind = FunctionReport::Foreign;
    return report;
  case patch::State::Replaced:
    report.kind = FunctionReport::Replaced;
    break;
  }
  for (const patch::RecordList::Link &link :
       records.chainOf(function.place.entry, state.target))
    report.targets.push_back({link->name, link.record->patch});
  if (report.targets.empty()) // Whoever did this wrote no record.
    report.targets.push_back({hex(state.target), ""});
  return report;
}

} // namespace hotpad::windows
