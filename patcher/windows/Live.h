//===- Live.h - apply, revert and status ------------------------*- C++ -*-===//
//
// What hotpatch.exe does with a running process: Apply.cpp, Revert.cpp,
// Status.cpp. All of them throw Error.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_WINDOWS_LIVE_H
#define HOTPAD_PATCHER_WINDOWS_LIVE_H

#include "patcher/windows/Functions.h"
#include "patcher/windows/Records.h"

namespace hotpad::windows {

struct ApplyRequest {
  uint32_t pid = 0;
  std::string patch; ///< A DLL; empty: see `identity`.
  /// Functions whose name matches, or `all`, are replaced by detours that lead
  /// back into them.
  std::string identity;
  /// Functions of the program, and what replaces each, besides those that bear
  /// the same name in both.
  std::vector<std::pair<std::string, std::string>> names;
  bool dryRun = false;
  bool noStop = false; ///< Switch while all threads run.
};

/// Neither functions nor all: the newest patch.
struct RevertRequest {
  uint32_t pid = 0;
  std::vector<std::string> functions; ///< The newest replacement of each.
  bool all = false;                   ///< All, down to their own code.
  bool noStop = false;
};

/// A function, and what a command did or found.
struct FunctionReport {
  std::string name, image;
  uint32_t rva = 0;
  enum Kind { Replaced, Reverted, Foreign } kind = Replaced;
  /// What replaces it, and what of that is to run once it is taken back: names,
  /// or addresses, and files.
  std::vector<std::pair<std::string, std::string>> targets;
};

struct Report {
  std::string program;
  std::vector<FunctionReport> functions;
  size_t threads = 0;
  double pause = 0; ///< Seconds in which no thread ran.
  uint64_t slots = 0, usedSlots = 0;
  std::vector<std::string> warnings;
};

Report apply(const ApplyRequest &request);
Report revert(const RevertRequest &request);
Report status(uint32_t pid);

/// What all three begin with.
struct LiveProcess {
  explicit LiveProcess(uint32_t pid);

  Process process;
  Images images;
  Functions functions;
  patch::RecordList records;

  /// Describes \p function in \p state to people.
  FunctionReport describe(const Function &function,
                          const patch::State &state) const;
};

/// Does what \p plan says to \p functions, while all threads are stopped or,
/// with \p noStop, while they run.
void switchFunctions(Process &process, const patch::Plan &plan,
                     const std::vector<const Function *> &functions,
                     bool noStop, Report &report);

} // namespace hotpad::windows

#endif
