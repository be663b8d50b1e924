//===- Main.cpp - the program: prints, and exits --------------------------===//

#include "rewriter/tool/Commands.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace hotpad {

static Expected<int> run(const Options &options) {
  switch (options.verb) {
  case Verb::Rewrite:
    return rewriteCommand(options);
  case Verb::Check:
    return checkCommand(options);
  case Verb::Link:
    return linkCommand(options);
  case Verb::Apply:
    return applyCommand(options);
  case Verb::Revert:
    return revertCommand(options);
  case Verb::Status:
    return statusCommand(options);
  case Verb::Trace:
    return traceCommand(options);
  }
  return 2;
}

} // namespace hotpad

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  auto fail = [](Error error) {
    handleAllErrors(std::move(error), [](const ErrorInfoBase &info) {
      errs() << "hotpad: error: " << info.message() << '\n';
    });
    return 2;
  };
  Expected<hotpad::Options> options =
      hotpad::parseOptions(ArrayRef(argv + 1, static_cast<size_t>(argc - 1)));
  if (!options)
    return fail(options.takeError());
  if (options->message) {
    outs() << *options->message;
    return 0;
  }
  parallel::strategy = hardware_concurrency(options->config.threads);
  Expected<int> status = hotpad::run(*options);
  if (!status)
    return fail(status.takeError());
  return *status;
}
