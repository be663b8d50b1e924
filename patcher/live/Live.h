//===- Live.h - apply, revert and status ------------------------*- C++ -*-===//
//
// What hotpad does with a running process. Read Live.cpp from top to bottom.
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
  std::string patch; ///< A file.
  /// Functions of the program, and what replaces each, besides those that bear
  /// the same name in both.
  std::vector<std::pair<std::string, std::string>> names;
  bool dryRun = false;
};

struct RevertRequest {
  pid_t pid = 0;
  std::vector<std::string> functions;
  bool all = false;
};

/// A function, and what a command did or found.
struct FunctionReport {
  std::string name, image;
  uint64_t address = 0; ///< In the image's file.
  enum Kind { Replaced, Reverted, Foreign } kind = Replaced;
  std::string target;      ///< Name of what it is replaced by, or its address.
  std::string targetImage; ///< Empty: none.
};

struct Report {
  std::string program;
  std::vector<FunctionReport> functions;
  size_t threads = 0;
  double pause = 0; ///< Seconds in which no thread ran.
  uint64_t slots = 0, usedSlots = 0;
  std::vector<std::string> warnings;
};

llvm::Expected<Report> apply(const ApplyRequest &request);
llvm::Expected<Report> revert(const RevertRequest &request);
llvm::Expected<Report> status(pid_t pid);

} // namespace hotpad::live

#endif
