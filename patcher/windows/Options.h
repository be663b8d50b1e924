//===- Options.h - the command line of hotpatch.exe -------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_WINDOWS_OPTIONS_H
#define HOTPAD_PATCHER_WINDOWS_OPTIONS_H

#include "patcher/windows/Live.h"

namespace hotpad::windows {

enum class Verb { Help, Apply, Revert, Status };

struct Options {
  Verb verb = Verb::Help;
  ApplyRequest apply;
  RevertRequest revert;
  uint32_t pid = 0;
  bool json = false;
};

extern const char kUsage[];

/// Fails when the arguments make no command.
Options readOptions(const std::vector<std::string> &arguments);

} // namespace hotpad::windows

#endif
