//===- TraceCommand.cpp - hotpad trace ------------------------------------===//

#include "patcher/live/Live.h"
#include "rewriter/tool/Commands.h"
#include "rewriter/tool/Json.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace hotpad {

using live::TracedFunction;

namespace {

constexpr size_t kRows = 20, kWidth = 80; // what any terminal shows

/// 1234567 as 1,234,567.
std::string grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3)
    text.insert(at - 3, 1, ',');
  return text;
}

void printRow(const TracedFunction &function, const std::string &program,
              uint64_t sum, raw_ostream &out) {
  std::string row, name = demangle(function.name);
  if (function.image != program)
    name += (" (" + sys::path::filename(function.image) + ")").str();
  raw_string_ostream(row) << right_justify(grouped(function.calls), 15)
                          << format("  %5.1f%%  ", 100.0 *
                                                       double(function.calls) /
                                                       double(sum))
                          << name;
  if (row.size() > kWidth)
    row = row.substr(0, kWidth - 3) + "...";
  out << row << '\n';
}

void printTable(const Options &options, const live::TraceReport &report,
                raw_ostream &out) {
  uint64_t sum = 0;
  size_t called = 0, rows = 0;
  for (const TracedFunction &function : report.functions) {
    sum += function.calls;
    called += function.calls != 0;
  }
  out << "process " << options.pid << ", " << report.program << ":\n";
  if (called != 0)
    out << "          calls   share  function\n";
  uint64_t rest = sum;
  for (; rows != std::min(called, kRows); ++rows) {
    printRow(report.functions[rows], report.program, sum, out);
    rest -= report.functions[rows].calls;
  }
  if (rows != called)
    out << right_justify(grouped(rest), 15)
        << format("  %5.1f%%  ", 100.0 * double(rest) / double(sum))
        << called - rows << " more (--json lists all)\n";
  out << grouped(sum) << (sum == 1 ? " call of " : " calls of ") << called
      << " of " << report.functions.size()
      << (report.functions.size() == 1 ? " function in " : " functions in ")
      << format("%.1f s; ", report.seconds);
  if (report.threads == 0)
    out << "no thread was stopped\n";
  else
    out << report.threads << (report.threads == 1 ? " thread" : " threads")
        << " paused for " << format("%.3f ms\n", report.pause * 1e3);
}

} // namespace

Expected<int> traceCommand(const Options &options) {
  live::TraceRequest request;
  request.pid = static_cast<pid_t>(options.pid);
  request.pattern = options.inputs.empty() ? "all" : options.inputs[0];
  request.symbols = options.symbols;
  request.seconds = options.seconds;
  request.noStop = options.noStop;
  Expected<live::TraceReport> report = live::trace(request);
  if (!report)
    return report.takeError();
  if (!options.quiet)
    for (const std::string &warning : report->warnings)
      errs() << "hotpad: warning: " << warning << '\n';
  if (!options.quiet && !(options.json && options.jsonFile.empty()))
    printTable(options, *report, outs());
  std::vector<PendingFile> pending;
  if (Error error = writeJson(options, pending, [&](json::OStream &json) {
        json.object([&] {
          json.attribute("pid", int64_t(options.pid));
          json.attribute("program", report->program);
          json.attribute("seconds", report->seconds);
          json.attribute("threads", int64_t(report->threads));
          json.attribute("pauseMicroseconds", int64_t(report->pause * 1e6));
          json.attributeArray("functions", [&] {
            for (const TracedFunction &function : report->functions)
              json.object([&] {
                json.attribute("name", function.name);
                json.attribute("image", function.image);
                json.attribute("address", int64_t(function.address));
                json.attribute("calls", int64_t(function.calls));
              });
          });
        });
      }))
    return error;
  if (Error error = commitAll(pending))
    return error;
  return 0;
}

} // namespace hotpad
