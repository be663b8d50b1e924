//===- LiveCommands.cpp - hotpad apply, revert, status --------------------===//

#include "patcher/live/Live.h"
#include "rewriter/tool/Commands.h"
#include "rewriter/tool/Json.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace hotpad {

using live::FunctionReport;

namespace {

const char *kindName(FunctionReport::Kind kind) {
  switch (kind) {
  case FunctionReport::Replaced:
    return "replaced";
  case FunctionReport::Reverted:
    return "reverted";
  case FunctionReport::Foreign:
    break;
  }
  return "foreign";
}

void printFunction(const FunctionReport &function, raw_ostream &out) {
  out << "  " << function.name << " (0x" << utohexstr(function.address, true)
      << " in " << function.image << "): ";
  switch (function.kind) {
  case FunctionReport::Replaced:
    for (const auto &[name, file] : function.targets) {
      out << (&name == &function.targets[0].first ? "replaced by " : ", over ")
          << name;
      if (!file.empty())
        out << " in " << file;
    }
    break;
  case FunctionReport::Reverted:
    out << "runs its own code again";
    break;
  case FunctionReport::Foreign:
    out << "changed by something else";
    break;
  }
  out << '\n';
}

Error writeReport(const Options &options, const live::Report &report) {
  std::vector<PendingFile> pending;
  if (Error error = writeJson(options, pending, [&](json::OStream &json) {
        json.object([&] {
          json.attribute("pid", int64_t(options.pid));
          json.attribute("program", report.program);
          json.attributeArray("functions", [&] {
            for (const FunctionReport &function : report.functions)
              json.object([&] {
                json.attribute("name", function.name);
                json.attribute("image", function.image);
                json.attribute("address", int64_t(function.address));
                json.attribute("state", kindName(function.kind));
                json.attributeArray("targets", [&] {
                  for (const auto &[name, file] : function.targets)
                    json.object([&, &name = name, &file = file] {
                      json.attribute("name", name);
                      json.attribute("patch", file);
                    });
                });
              });
          });
          if (options.verb == Verb::Status) {
            json.attribute("slots", int64_t(report.slots));
            json.attribute("usedSlots", int64_t(report.usedSlots));
          } else {
            json.attribute("threads", int64_t(report.threads));
            json.attribute("pauseMicroseconds", int64_t(report.pause * 1e6));
            json.attributeObject("stepMicroseconds", [&] {
              for (const auto &[step, seconds] : report.steps)
                json.attribute(step, int64_t(seconds * 1e6));
            });
          }
        });
      }))
    return error;
  return commitAll(pending);
}

/// The functions and a last line, to people.
Expected<int> tell(const Options &options, const live::Report &report,
                   const Twine &summary) {
  if (!options.quiet)
    for (const std::string &warning : report.warnings)
      errs() << "hotpad: warning: " << warning << '\n';
  if (!options.quiet && !(options.json && options.jsonFile.empty())) {
    raw_ostream &out = options.verb == Verb::Status ? outs() : errs();
    out << "process " << options.pid << ", " << report.program << ":\n";
    for (const FunctionReport &function : report.functions)
      printFunction(function, out);
    out << summary << '\n';
    if (options.time)
      for (const auto &[step, seconds] : report.steps)
        out << "  " << step << format(": %.3f ms\n", seconds * 1e3);
  }
  if (Error error = writeReport(options, report))
    return error;
  return 0;
}

std::string pauseOf(const live::Report &report) {
  std::string text;
  if (report.threads == 0)
    return "no thread was stopped";
  raw_string_ostream(text) << report.threads
                           << (report.threads == 1 ? " thread" : " threads")
                           << " paused for "
                           << format("%.3f ms", report.pause * 1e3);
  return text;
}

std::string countOf(size_t count) {
  return std::to_string(count) + (count == 1 ? " function" : " functions");
}

} // namespace

Expected<int> applyCommand(const Options &options) {
  live::ApplyRequest request;
  request.pid = static_cast<pid_t>(options.pid);
  request.identity = options.identity;
  if (options.identity.empty())
    request.patch = options.inputs[0];
  request.names = options.maps;
  request.symbols = options.symbols;
  request.dryRun = options.dryRun;
  request.noStop = options.noStop;
  Expected<live::Report> report = live::apply(request);
  if (!report)
    return report.takeError();
  std::string count = countOf(report->functions.size());
  return tell(options, *report,
              options.dryRun ? count + " can be replaced; nothing was changed"
                             : count + " replaced; " + pauseOf(*report));
}

Expected<int> revertCommand(const Options &options) {
  live::RevertRequest request;
  request.pid = static_cast<pid_t>(options.pid);
  request.functions = options.inputs;
  request.patch = options.patch;
  request.symbols = options.symbols;
  request.all = options.all;
  request.noStop = options.noStop;
  Expected<live::Report> report = live::revert(request);
  if (!report)
    return report.takeError();
  if (report->functions.empty())
    return tell(options, *report, "no function is replaced");
  return tell(options, *report,
              countOf(report->functions.size()) + " reverted; " +
                  pauseOf(*report));
}

Expected<int> statusCommand(const Options &options) {
  Expected<live::Report> report =
      live::status(static_cast<pid_t>(options.pid), options.symbols);
  if (!report)
    return report.takeError();
  size_t replaced =
      llvm::count_if(report->functions, [](const FunctionReport &function) {
        return function.kind == FunctionReport::Replaced;
      });
  return tell(options, *report,
              countOf(replaced) + " replaced; " + Twine(report->usedSlots) +
                  " of " + Twine(report->slots) + " slots in use");
}

} // namespace hotpad
