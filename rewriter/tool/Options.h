//===- Options.h - the command line -----------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_TOOL_OPTIONS_H
#define HOTPAD_REWRITER_TOOL_OPTIONS_H

#include "rewriter/core/Config.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace hotpad {

enum class Verb { Rewrite, Check, Link, Apply, Revert, Status, Trace };

struct Options {
  Verb verb = Verb::Rewrite;
  Config config;
  std::vector<std::string> inputs; ///< Files, or the linker's arguments.
  std::string output, outDir;
  std::string explain;
  unsigned pid = 0; ///< Of a running process.
  /// --map OLD=NEW.
  std::vector<std::pair<std::string, std::string>> maps;
  std::vector<std::string> symbols; ///< --symbols=FILE.
  std::string identity;             ///< --identity=all|REGEX.
  double seconds = 0;               ///< --for SECONDS.
  bool dryRun = false;
  bool noStop = false;
  std::string patch; ///< --patch NAME.
  bool all = false;
  std::string flavor; ///< gnu, link or mingw; empty: to be recognised.
  bool json = false;
  std::string jsonFile; ///< Empty: standard output.
  bool time = false;
  bool quiet = false;
  /// What --help or --version asked to print; nothing else is done then.
  std::optional<std::string> message;
};

/// Parses arguments without the program's name, @files included.
llvm::Expected<Options> parseOptions(llvm::ArrayRef<const char *> arguments);

} // namespace hotpad

#endif
