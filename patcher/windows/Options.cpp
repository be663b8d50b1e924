//===- Options.cpp --------------------------------------------------------===//

#include "patcher/windows/Options.h"
#include <algorithm>
#include <cstring>

namespace hotpad::windows {

const char kUsage[] =
    "Replaces functions of a running program that hotpad has made "
    "hot-patchable.\n"
    "\n"
    "  hotpatch apply  --pid P PATCH.dll [--map OLD=NEW]...\n"
    "  hotpatch apply  --pid P --identity=all|REGEX\n"
    "  hotpatch revert --pid P [FUNCTION... | --all]\n"
    "  hotpatch status --pid P\n"
    "\n"
    "  --map OLD=NEW     NEW of the patch replaces OLD: a name, rva:0x1234,\n"
    "                    or one of these behind a module, as in some.dll!name\n"
    "  --identity=REGEX  replace functions by detours back into them\n"
    "  --dry-run         only say what would be done\n"
    "  --no-stop         switch while all threads run\n"
    "  --json            print results as JSON\n";

namespace {

uint32_t readPid(const std::string &text) {
  uint32_t value = 0;
  constexpr size_t kMostDigits = 9;
  if (text.empty() || text.size() > kMostDigits ||
      !std::all_of(text.begin(), text.end(),
                   [](char c) { return c >= '0' && c <= '9'; }))
    throw Error("--pid: '" + text + "' is no number of a process");
  for (char digit : text)
    value = value * 10 + uint32_t(digit - '0');
  return value;
}

Verb readVerb(const std::string &word) {
  if (word == "apply")
    return Verb::Apply;
  if (word == "revert")
    return Verb::Revert;
  if (word == "status")
    return Verb::Status;
  if (word == "--help" || word == "help")
    return Verb::Help;
  throw Error("no command '" + word + "': see `hotpatch --help`");
}

/// `--name VALUE` or `--name=VALUE` at \p at, which then is behind it.
bool takeValue(const std::vector<std::string> &arguments, size_t &at,
               const std::string &name, std::string &value) {
  const std::string &argument = arguments[at];
  if (argument.starts_with(name + "=")) {
    value = argument.substr(name.size() + 1);
    return true;
  }
  if (argument != name)
    return false;
  if (++at == arguments.size())
    throw Error(name + ": a value is missing");
  value = arguments[at];
  return true;
}

void addMap(const std::string &text, ApplyRequest &apply) {
  size_t mark = text.rfind('=');
  if (mark == text.npos || mark == 0 || mark + 1 == text.size())
    throw Error("--map: '" + text + "' is not OLD=NEW");
  apply.names.push_back({text.substr(0, mark), text.substr(mark + 1)});
}

/// Fails when what was given does not go together.
void check(Options &options, const std::vector<std::string> &operands,
           bool hasPid) {
  if (!hasPid)
    throw Error("--pid is missing: which process?");
  if (options.verb == Verb::Revert) {
    options.revert.functions = operands;
    if (options.revert.all && !operands.empty())
      throw Error("either functions or --all, not both");
    return;
  }
  if (options.verb == Verb::Status) {
    if (!operands.empty())
      throw Error("'" + operands[0] + "' is too much");
    return;
  }
  size_t patches = operands.size() + (options.apply.identity.empty() ? 0 : 1);
  if (patches != 1)
    throw Error("one patch is wanted: a DLL, or --identity=");
  if (!operands.empty())
    options.apply.patch = operands[0];
  else if (!options.apply.names.empty())
    throw Error("--map: goes with a DLL");
}

} // namespace

Options readOptions(const std::vector<std::string> &arguments) {
  Options options;
  if (arguments.empty())
    throw Error("no command: see `hotpatch --help`");
  options.verb = readVerb(arguments[0]);
  if (options.verb == Verb::Help)
    return options;
  bool isApply = options.verb == Verb::Apply;
  bool changes = options.verb != Verb::Status;
  bool hasPid = false;
  std::vector<std::string> operands;
  std::string value;
  for (size_t at = 1; at < arguments.size(); ++at) {
    const std::string &argument = arguments[at];
    if (takeValue(arguments, at, "--pid", value)) {
      options.pid = readPid(value);
      hasPid = true;
    } else if (isApply && takeValue(arguments, at, "--map", value)) {
      addMap(value, options.apply);
    } else if (isApply &&
               takeValue(arguments, at, "--identity", options.apply.identity)) {
      continue;
    } else if (isApply && argument == "--dry-run") {
      options.apply.dryRun = true;
    } else if (changes && argument == "--no-stop") {
      options.apply.noStop = options.revert.noStop = true;
    } else if (options.verb == Verb::Revert && argument == "--all") {
      options.revert.all = true;
    } else if (argument == "--json") {
      options.json = true;
    } else if (argument.starts_with("--")) {
      throw Error("'" + argument + "' is no option of " + arguments[0]);
    } else {
      operands.push_back(argument);
    }
  }
  check(options, operands, hasPid);
  options.apply.pid = options.revert.pid = options.pid;
  return options;
}

} // namespace hotpad::windows
