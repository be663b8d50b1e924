//===- RewriteCommand.cpp - hotpad rewrite --------------------------------===//

#include "rewriter/Rewriter.h"
#include "rewriter/tool/Commands.h"
#include "rewriter/tool/InputFile.h"
#include "rewriter/tool/Json.h"
#include "rewriter/tool/OutputFile.h"
#include "rewriter/tool/Summary.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace hotpad {

namespace {

struct Job {
  std::string input, output;
  std::unique_ptr<MemoryBuffer> buffer;
  Rewritten result;
};

/// Which file goes where, with a person's mistakes found before any work.
Expected<std::vector<Job>> makeJobs(const Options &options) {
  bool several = options.inputs.size() > 1;
  if (options.output.empty() == options.outDir.empty())
    return createStringError(
        options.output.empty()
            ? "where to? -o FILE, or --out-dir DIR for several inputs"
            : "-o and --out-dir are one too many");
  if (several && options.outDir.empty())
    return createStringError("several inputs need --out-dir DIR, not -o");
  std::vector<Job> jobs;
  StringSet<> outputs;
  for (const std::string &input : options.inputs) {
    Job job;
    job.input = input;
    job.output = options.output;
    if (!options.outDir.empty()) {
      SmallString<128> path(options.outDir);
      sys::path::append(path, sys::path::filename(input));
      job.output = path.str().str();
    }
    if (!outputs.insert(job.output).second)
      return createStringError(job.output +
                               ": two inputs would be written there");
    if (input == job.output || sys::fs::equivalent(input, job.output))
      return createStringError(input + ": output and input are the same file");
    jobs.push_back(std::move(job));
  }
  for (const Job &job : jobs)
    if (!options.jsonFile.empty() && isSamePlace(job.output, options.jsonFile))
      return createStringError("--json=" + options.jsonFile +
                               " is where the rewritten file goes: give the "
                               "report a name of its own");
  return jobs;
}

void emitJson(json::OStream &json, const std::vector<Job> &jobs) {
  json.object([&] {
    json.attributeArray("files", [&] {
      for (const Job &job : jobs)
        json.object([&] {
          json.attribute("file", job.input);
          json.attribute("output", job.output);
          json.attribute("changed", job.result.bytes.has_value());
          emitReport(json, job.result.report);
        });
    });
  });
}

} // namespace

Expected<int> rewriteCommand(const Options &options) {
  Expected<std::vector<Job>> jobs = makeJobs(options);
  if (!jobs)
    return jobs.takeError();
  for (Job &job : *jobs) {
    auto buffer = readInput(job.input);
    if (!buffer)
      return buffer.takeError();
    job.buffer = std::move(*buffer);
    Expected<Rewritten> result = rewrite(*job.buffer, options.config);
    if (!result)
      return result.takeError();
    job.result = std::move(*result);
  }
  // Nothing is written until everything is there to be written.
  if (!options.outDir.empty())
    if (std::error_code code = sys::fs::create_directories(options.outDir))
      return createStringError(options.outDir +
                               ": cannot be made: " + code.message());
  std::vector<PendingFile> pending;
  for (Job &job : *jobs) {
    FileBytes same;
    same.appendOld(arrayRefFromStringRef(job.buffer->getBuffer()));
    const FileBytes &bytes = job.result.bytes ? *job.result.bytes : same;
    Expected<PendingFile> file =
        PendingFile::write(job.output, bytes, job.input);
    if (!file)
      return file.takeError();
    pending.push_back(std::move(*file));
  }
  if (Error error = writeJson(options, pending, [&](json::OStream &json) {
        emitJson(json, *jobs);
      }))
    return error;
  if (Error error = commitAll(pending))
    return error;
  for (const Job &job : *jobs) {
    printWarnings(job.result.report, options);
    if (!options.quiet)
      printSummary(job.input, job.result.report, options.time);
  }
  return 0;
}

} // namespace hotpad
