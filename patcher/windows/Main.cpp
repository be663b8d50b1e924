//===- Main.cpp - hotpatch.exe --------------------------------------------===//
//
// hotpad apply, revert and status for processes of Windows. Exit status: 0
// done, 2 wrong usage or a failure, after which the process is as it was.
//
//===----------------------------------------------------------------------===//

#include "patcher/windows/Print.h"
#include <cstdio>
#include <new>

using namespace hotpad::windows;

namespace {

Report run(const Options &options) {
  switch (options.verb) {
  case Verb::Apply:
    return apply(options.apply);
  case Verb::Revert:
    return revert(options.revert);
  default:
    return status(options.pid);
  }
}

} // namespace

int wmain(int count, wchar_t **words) {
  try {
    std::vector<std::string> arguments;
    for (int i = 1; i < count; ++i)
      arguments.push_back(utf8(words[i]));
    Options options = readOptions(arguments);
    if (options.verb == Verb::Help) {
      std::fputs(kUsage, stdout);
      return 0;
    }
    Report report = run(options);
    for (const std::string &warning : report.warnings)
      std::fprintf(stderr, "hotpatch: warning: %s\n", warning.c_str());
    if (options.json)
      printJson(options, report);
    else
      printText(options, report);
    return 0;
  } catch (const Error &error) {
    std::fprintf(stderr, "hotpatch: error: %s\n", error.what());
  } catch (const std::bad_alloc &) {
    std::fprintf(stderr, "hotpatch: error: no memory is left\n");
  }
  return 2;
}
