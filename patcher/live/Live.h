//===- Live.h - apply, revert, status, trace --------------------*- C++ -*-===//
//
// What hotpad does with a running process: Apply.cpp, Revert.cpp, Status.cpp,
// Trace.cpp.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LIVE_LIVE_H
#define HOTPAD_PATCHER_LIVE_LIVE_H

#include "llvm/Support/Error.h"
#include <string>
#include <sys/types.h>
#include <vector>

namespace hotpad::live {

struct ApplyRequest {
  pid_t pid = 0;
  std::string patch; ///< A file; empty: see `identity`.
  /// Functions whose name matches, or `all`, are replaced by detours that lead
  /// back into them.
  std::string identity;
  /// Functions of the program, and what replaces each, besides those that bear
  /// the same name in both.
  std::vector<std::pair<std::string, std::string>> names;
  std::vector<std::string> symbols; ///< Files with those of what is stripped.
  bool dryRun = false;
  bool noStop = false; ///< Switch while all threads run.
};

/// Neither functions nor a patch nor all: the newest patch.
struct RevertRequest {
  pid_t pid = 0;
  std::vector<std::string> functions; ///< The newest replacement of each.
  std::string patch;                  ///< A path, or the last part of one.
  std::vector<std::string> symbols;   ///< As in ApplyRequest.
  bool all = false; ///< All functions, down to their own code.
  bool noStop = false;
};

/// A function, and what a command did or found.
struct FunctionReport {
  std::string name, image;
  uint64_t address = 0; ///< In the image's file.
  enum Kind { Replaced, Reverted, Foreign } kind = Replaced;
  /// What replaces it, and what of that is to run once it is taken back: names,
  /// or addresses, and files.
  std::vector<std::pair<std::string, std::string>> targets;
};

struct Report {
  std::string program;
  std::vector<FunctionReport> functions;
  size_t threads = 0;
  /// Seconds from the moment at which the first thread had to stop to that at
  /// which the last one may go on.
  double pause = 0;
  std::vector<std::pair<const char *, double>> steps; ///< And their seconds.
  uint64_t slots = 0, usedSlots = 0;
  std::vector<std::string> warnings;
};

struct TraceRequest {
  pid_t pid = 0;
  std::string pattern;              ///< Functions whose name matches, or `all`.
  std::vector<std::string> symbols; ///< As in ApplyRequest.
  double seconds = 0;               ///< Or until SIGINT, SIGTERM or SIGHUP.
  bool noStop = false;
};

struct TracedFunction {
  std::string name, image;
  uint64_t address = 0; ///< In the image's file.
  uint64_t calls = 0;
};

struct TraceReport {
  std::string program;
  std::vector<TracedFunction> functions; ///< The most called first.
  double seconds = 0;                    ///< How long calls were counted.
  size_t threads = 0;
  double pause = 0; ///< Seconds in which no thread ran, begin and end together.
  std::vector<std::string> warnings;
};

llvm::Expected<Report> apply(const ApplyRequest &request);
llvm::Expected<Report> revert(const RevertRequest &request);
llvm::Expected<Report> status(pid_t pid,
                              const std::vector<std::string> &symbols);
/// Returns when the time is over and all functions run their own code again, or
/// when the process ended.
llvm::Expected<TraceReport> trace(const TraceRequest &request);

} // namespace hotpad::live

#endif
