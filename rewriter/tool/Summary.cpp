//===- Summary.cpp --------------------------------------------------------===//

#include "rewriter/tool/Summary.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace llvm;

namespace hotpad {

static constexpr size_t kShownSkips = 10;

void printWarnings(const Report &report, const Options &options) {
  if (options.quiet)
    return;
  for (const std::string &warning : report.warnings)
    errs() << "hotpad: warning: " << warning << '\n';
}

void printSummary(StringRef file, const Report &report, bool withTimes) {
  double growth =
      report.codeBefore == 0
          ? 0
          : 100.0 * (double(report.codeAfter) - double(report.codeBefore)) /
                double(report.codeBefore);
  errs() << file << ": " << report.patchable << '/' << report.functions
         << " functions hot-patchable; ";
  if (report.isImage) {
    errs() << report.native << " native, ";
    if (report.displacedEntries + report.displacedTails != 0)
      errs() << report.displacedEntries << " displaced, "
             << report.displacedTails << " behind a displaced tail, ";
    errs() << report.forwarded << " forwarded";
    if (report.parts != 0)
      errs() << ", " << report.parts << " parts of functions left";
  } else
    errs() << report.padded << " padded, " << report.widened << " widened, "
           << report.nops << " with a NOP";
  errs() << "; code " << report.codeBefore << " -> " << report.codeAfter
         << " bytes (" << format("%+.1f", growth) << " %)\n";
  std::map<SkipReason, uint64_t> reasons;
  for (const SkippedFunction &skipped : report.skipped)
    ++reasons[skipped.reason];
  for (auto [reason, count] : reasons)
    errs() << "  " << count << " skipped: " << skipName(reason) << " ("
           << skipText(reason) << ")\n";
  size_t shown = 0;
  for (const SkippedFunction &skipped : report.skipped) {
    if (skipped.reason == SkipReason::NotSelected)
      continue;
    if (++shown > kShownSkips) {
      errs() << "    ... (--json lists all)\n";
      break;
    }
    errs() << "    " << skipped.file << ": " << skipped.section << "+0x"
           << utohexstr(skipped.offset, true) << " (" << skipped.name
           << "): " << skipName(skipped.reason) << '\n';
  }
  if (withTimes)
    for (const auto &[step, seconds] : report.seconds)
      errs() << format("  %-12s %8.3f s\n", step, seconds);
}

void emitReport(json::OStream &json, const Report &report) {
  json.attribute("functions", int64_t(report.functions));
  json.attribute("patchable", int64_t(report.patchable));
  json.attribute("padded", int64_t(report.padded));
  json.attribute("widened", int64_t(report.widened));
  json.attribute("nops", int64_t(report.nops));
  if (report.isImage) {
    json.attribute("native", int64_t(report.native));
    json.attribute("displacedEntries", int64_t(report.displacedEntries));
    json.attribute("displacedTails", int64_t(report.displacedTails));
    json.attribute("forwarded", int64_t(report.forwarded));
    json.attribute("parts", int64_t(report.parts));
  }
  json.attribute("objects", int64_t(report.members));
  json.attribute("codeBefore", int64_t(report.codeBefore));
  json.attribute("codeAfter", int64_t(report.codeAfter));
  json.attributeArray("skipped", [&] {
    for (const SkippedFunction &skipped : report.skipped)
      json.object([&] {
        json.attribute("file", skipped.file);
        json.attribute("section", skipped.section);
        json.attribute("offset", int64_t(skipped.offset));
        json.attribute("function", skipped.name);
        json.attribute("reason", skipName(skipped.reason));
      });
  });
  json.attributeArray("warnings", [&] {
    for (const std::string &warning : report.warnings)
      json.value(warning);
  });
}

} // namespace hotpad
