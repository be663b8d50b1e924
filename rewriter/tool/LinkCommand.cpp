//===- LinkCommand.cpp - hotpad link --------------------------------------===//

#include "rewriter/Rewriter.h"
#include "rewriter/relink/Relink.h"
#include "rewriter/tool/Commands.h"
#include "rewriter/tool/InputFile.h"
#include "rewriter/tool/Json.h"
#include "rewriter/tool/Summary.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <map>
#include <mutex>

using namespace llvm;

namespace hotpad {

/// An empty one is recognised.
static LinkFlavor flavorOf(StringRef flavor, ArrayRef<std::string> arguments) {
  LinkFlavor known = StringSwitch<LinkFlavor>(flavor)
                         .Case("link", LinkFlavor::Link)
                         .Case("mingw", LinkFlavor::MinGW)
                         .Default(LinkFlavor::Gnu);
  return flavor.empty() ? recogniseFlavor(arguments) : known;
}

static auto relinker(LinkFlavor flavor) {
  switch (flavor) {
  case LinkFlavor::Link:
    return &relinkLink;
  case LinkFlavor::MinGW:
    return &relinkMinGW;
  case LinkFlavor::Gnu:
    break;
  }
  return &relinkGnu;
}

Expected<int> linkCommand(const Options &options) {
  std::mutex mutex;
  std::map<std::string, Report>
      reports; // by path: the order of threads is none
  auto rewriteInput =
      [&](MemoryBufferRef input) -> Expected<std::unique_ptr<MemoryBuffer>> {
    // What only -l or a script leads to.
    if (!options.jsonFile.empty() &&
        isSamePlace(input.getBufferIdentifier(), options.jsonFile))
      return createStringError("--json=" + options.jsonFile +
                               " is a file of the link, which it would "
                               "overwrite: give the report a name of its own");
    Expected<Rewritten> result = rewrite(input, options.config);
    if (!result)
      return result.takeError();
    std::lock_guard<std::mutex> lock(mutex);
    reports[input.getBufferIdentifier().str()] = std::move(result->report);
    if (!result->bytes)
      return nullptr;
    std::vector<uint8_t> bytes = std::move(*result->bytes).takeWhole();
    return MemoryBuffer::getMemBufferCopy(toStringRef(ArrayRef(bytes)),
                                          input.getBufferIdentifier());
  };
  RelinkOptions relink;
  relink.threads = options.config.threads;
  relink.quiet = options.quiet;
  LinkFlavor flavor = flavorOf(options.flavor, options.inputs);
  if (options.config.padByLinker)
    relink.linkerArguments.push_back((flavor == LinkFlavor::Link
                                          ? "/functionpadmin:"
                                          : "--functionpadmin=") +
                                     std::to_string(options.config.layout.pad));
  Expected<int> status =
      relinker(flavor)(options.inputs, rewriteInput, relink, outs(), errs());
  if (!status)
    return status.takeError();
  for (const auto &[path, report] : reports) {
    printWarnings(report, options);
    if (options.time && !options.quiet)
      printSummary(path, report, true);
  }
  std::vector<PendingFile> pending;
  if (Error error = writeJson(options, pending, [&](json::OStream &json) {
        json.object([&] {
          json.attributeArray("files", [&] {
            for (const auto &[path, report] : reports)
              json.object([&] {
                json.attribute("file", path);
                emitReport(json, report);
              });
          });
        });
      }))
    return error;
  if (Error error = commitAll(pending))
    return error;
  return *status;
}

} // namespace hotpad
