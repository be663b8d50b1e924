//===- LiveProcess.cpp ----------------------------------------------------===//

#include "patcher/live/LiveProcess.h"
#include "rewriter/contract/Contract.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::live {

std::string lackedRules(unsigned broken) {
  std::string text;
  for (unsigned i = 0; i != kRuleCount; ++i)
    if (broken & (1u << i))
      text += (text.empty() ? "" : ", ") + std::string(allRules()[i].id) + " " +
              allRules()[i].text;
  return text;
}

Expected<LiveProcess> LiveProcess::open(pid_t pid,
                                        ArrayRef<std::string> symbols) {
  LiveProcess live;
  Expected<std::unique_ptr<Process>> process = Process::open(pid);
  if (!process)
    return process.takeError();
  live.process = std::move(*process);
  Expected<Images> images = Images::read(*live.process);
  if (!images)
    return images.takeError();
  live.images = std::make_unique<Images>(std::move(*images));
  if (live.images->all().empty() || !live.images->all()[0]->isProgram)
    return live.images->unread().empty()
               ? live.process->error("its program cannot be read")
               : createStringError(live.images->unread()[0]);
  for (const std::string &file : symbols)
    if (Error error = live.images->takeSymbols(*live.process, file))
      return error;
  Expected<Functions> functions = Functions::read(*live.process, *live.images);
  if (!functions)
    return functions.takeError();
  live.functions = std::make_unique<Functions>(std::move(*functions));
  if (none_of(live.images->all(),
              [](const auto &image) { return image->hasSlots; }))
    return live.process->error(
        "neither its program (" + live.process->program() +
        ") nor a library of it is hot-patchable: `hotpad rewrite` makes them "
        "so, before they are started");
  Expected<Records> records = Records::read(*live.process);
  if (!records)
    return records.takeError();
  live.records = std::move(*records);
  return live;
}

FunctionReport LiveProcess::describe(const LiveFunction &function,
                                     const patch::State &state) const {
  FunctionReport report;
  report.name = function.name;
  report.image = function.image->path;
  report.address = function.oldEntry - function.image->bias;
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
  for (const Records::Link &link :
       records.chainOf(function.place.entry, state.target))
    report.targets.push_back({link->name, link.record->patch});
  if (!report.targets.empty())
    return report;
  // Whoever did this wrote no record.
  const Image *image = images->at(state.target);
  const ImageSymbol *symbol = image ? image->functionAt(state.target) : nullptr;
  report.targets.push_back({symbol  ? symbol->name.str()
                            : image ? hex(state.target - image->bias)
                                    : hex(state.target),
                            image ? image->path : std::string()});
  return report;
}

} // namespace hotpad::live
