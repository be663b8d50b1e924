//===- Options.cpp --------------------------------------------------------===//

#include "rewriter/tool/Options.h"
#include "rewriter/tool/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Option/Option.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace llvm::opt;

namespace hotpad {

namespace {

enum OptionId {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

#define OPTTABLE_STR_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

const OptTable::Info kInfos[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

class Table : public GenericOptTable {
public:
  Table() : GenericOptTable(OptionStrTable, OptionPrefixesTable, kInfos) {}
};

struct VerbRow {
  Verb verb;
  const char *name;
  const char *usage;
  const char *what;
  std::vector<unsigned> options; ///< Besides those of every verb.
};

const std::vector<VerbRow> &allVerbs() {
  static const std::vector<VerbRow> kVerbs = {
      {Verb::Rewrite,
       "rewrite",
       "hotpad rewrite INPUT... -o OUTPUT | --out-dir DIR",
       "Makes objects, static archives and linked images hot-patchable",
       {OPT_output, OPT_output_long, OPT_out_dir, OPT_layout, OPT_pad,
        OPT_pad_by, OPT_entry, OPT_image, OPT_slots, OPT_only, OPT_skip,
        OPT_strip_debug, OPT_verify}},
      {Verb::Check,
       "check",
       "hotpad check FILE...",
       "Checks the contract, function by function",
       {OPT_layout, OPT_pad, OPT_pad_by, OPT_slots, OPT_only, OPT_skip,
        OPT_explain}},
      {Verb::Link,
       "link",
       "hotpad link [--flavor=gnu|link|mingw] [OPTIONS] -- LINKER-ARGUMENTS",
       "Rewrites every input of a link, then links with LLD",
       {OPT_flavor, OPT_layout, OPT_pad, OPT_pad_by, OPT_entry, OPT_slots,
        OPT_only, OPT_skip, OPT_strip_debug, OPT_verify}},
      {Verb::Apply,
       "apply",
       "hotpad apply --pid P [--map OLD=NEW]... PATCH | --identity=all|REGEX",
       "Replaces functions of a running process by those of an object file or "
       "a shared "
       "library",
       {OPT_pid, OPT_map, OPT_symbols, OPT_identity, OPT_dry_run, OPT_no_stop}},
      {Verb::Revert,
       "revert",
       "hotpad revert --pid P [FUNCTION... | --patch NAME | --all]",
       "Takes back the newest patch of a running process, one by name, or "
       "functions",
       {OPT_pid, OPT_symbols, OPT_patch, OPT_all, OPT_no_stop}},
      {Verb::Status,
       "status",
       "hotpad status --pid P",
       "Says which functions of a running process are replaced",
       {OPT_pid, OPT_symbols}},
      {Verb::Trace,
       "trace",
       "hotpad trace --pid P [REGEX] --for SECONDS",
       "Counts the calls of functions of a running process, or of those whose "
       "name matches",
       {OPT_pid, OPT_for, OPT_symbols, OPT_no_stop}},
  };
  return kVerbs;
}

/// Those of a running process.
bool isLive(Verb verb) {
  return verb == Verb::Apply || verb == Verb::Revert || verb == Verb::Status ||
         verb == Verb::Trace;
}

constexpr unsigned kEveryVerb[] = {OPT_json,  OPT_json_file, OPT_time,
                                   OPT_quiet, OPT_threads,   OPT_help};

std::string overview() {
  std::string text =
      "hotpad makes ELF and COFF objects, archives and images for x86-64 "
      "and x86\nhot-patchable after they were built.\n\nUsage:\n";
  for (const VerbRow &row : allVerbs())
    text += std::string("  ") + row.usage + "\n      " + row.what + "\n";
  text += "\nExamples:\n"
          "  hotpad rewrite libfoo.a -o libfoo.hot.a     padded, widened, "
          "slots reserved\n"
          "  hotpad check libfoo.hot.a                   proves it; exit 1 "
          "when a function falls short\n"
          "  hotpad check --explain=foo libfoo.hot.a     shows one function\n"
          "  hotpad link -- main.o -L. -lfoo -o main     rewrites every input, "
          "links with LLD\n"
          "  hotpad apply --pid 1234 fix.o               replaces functions "
          "while they run\n"
          "\n`hotpad VERB --help` lists the options of a verb. @FILE reads "
          "arguments from FILE.\nExit status: 0 done; 1 functions fall short "
          "(check); 2 wrong usage or bad input, and\nnothing was written.\n";
  return text;
}

std::string helpOf(const VerbRow &row) {
  std::string text;
  raw_string_ostream out(text);
  out << row.what << "\n\nUsage: " << row.usage << "\n\nOptions:\n";
  Table table;
  auto print = [&](unsigned id) {
    const char *meta = table.getOptionMetaVar(id);
    std::string spelling = table.getOptionPrefixedName(id).str();
    if (meta)
      spelling +=
          (StringRef(spelling).ends_with("=") ? "" : " ") + std::string(meta);
    out << "  " << left_justify(spelling, 22) << " "
        << table.getOptionHelpText(id) << "\n";
  };
  for (unsigned id : row.options)
    print(id);
  for (unsigned id : kEveryVerb)
    print(id);
  return text;
}

/// A jump through a slot reaches 2 GB.
constexpr uint64_t kMostSlots = (uint64_t(1) << 31) / 8 - 1;

Error wrongUsage(const Twine &message) {
  return createStringError(message + " (hotpad --help shows the usage)");
}

Expected<uint64_t> number(const Arg &arg) {
  uint64_t value = 0;
  if (StringRef(arg.getValue()).getAsInteger(0, value))
    return createStringError(StringRef(arg.getSpelling()) + arg.getValue() +
                             ": not a number");
  return value;
}

Error readConfig(const InputArgList &args, Options &options) {
  Config &config = options.config;
  if (const Arg *arg = args.getLastArg(OPT_layout)) {
    Expected<Layout> layout = findLayout(arg->getValue());
    if (!layout)
      return layout.takeError();
    config.layout = std::move(*layout);
  }
  if (const Arg *arg = args.getLastArg(OPT_pad)) {
    Expected<uint64_t> pad = number(*arg);
    if (!pad)
      return pad.takeError();
    if (*pad < 6 || *pad > 120)
      return createStringError("--pad=" + Twine(*pad) +
                               ": the 6-byte jump of a patch must fit the pad, "
                               "and a short jump must reach its start: 6 to "
                               "120");
    config.layout.pad = static_cast<unsigned>(*pad);
  }
  if (const Arg *arg = args.getLastArg(OPT_pad_by)) {
    StringRef value = arg->getValue();
    if (value != "object" && value != "linker")
      return createStringError("--pad-by=" + value + ": object or linker");
    config.padByLinker = value == "linker";
  }
  if (const Arg *arg = args.getLastArg(OPT_entry)) {
    StringRef value = arg->getValue();
    if (value != "auto" && value != "nop")
      return createStringError("--entry=" + value + ": auto or nop");
    config.nopEntries = value == "nop";
  }
  if (const Arg *arg = args.getLastArg(OPT_image)) {
    StringRef value = arg->getValue();
    auto mode = StringSwitch<std::optional<ImageMode>>(value)
                    .Case("forward", ImageMode::Forward)
                    .Case("inplace", ImageMode::InPlace)
                    .Case("relayout", ImageMode::Relayout)
                    .Default(std::nullopt);
    if (!mode)
      return createStringError("--image=" + value +
                               ": forward, inplace or relayout");
    config.image = *mode;
  }
  if (const Arg *arg = args.getLastArg(OPT_slots))
    if (StringRef(arg->getValue()) != "auto") {
      Expected<uint64_t> slots = number(*arg);
      if (!slots)
        return slots.takeError();
      if (*slots > kMostSlots)
        return createStringError(
            "--slots=" + Twine(*slots) +
            ": all must be within 2 GB of the code: 0 to " + Twine(kMostSlots));
      config.slots = *slots;
    }
  if (const Arg *arg = args.getLastArg(OPT_threads)) {
    Expected<uint64_t> threads = number(*arg);
    if (!threads)
      return threads.takeError();
    if (*threads == 0 || *threads > 1024)
      return createStringError("-j " + Twine(*threads) + ": 1 to 1024");
    config.threads = static_cast<unsigned>(*threads);
  }
  config.only = args.getLastArgValue(OPT_only);
  config.skip = args.getLastArgValue(OPT_skip);
  config.stripDebug = args.hasArg(OPT_strip_debug);
  config.verify = args.hasArg(OPT_verify);
  return Error::success();
}

Error readTrace(const InputArgList &args, Options &options) {
  if (options.inputs.size() > 1)
    return wrongUsage(Twine("hotpad trace: one regular expression, not ") +
                      Twine(options.inputs.size()));
  const Arg *time = args.getLastArg(OPT_for);
  if (!time)
    return wrongUsage("hotpad trace: for how long? --for SECONDS");
  constexpr double kLongest = 1e6;
  if (StringRef(time->getValue()).getAsDouble(options.seconds) ||
      !(options.seconds > 0 && options.seconds <= kLongest))
    return createStringError(Twine("--for ") + time->getValue() +
                             ": not a number of seconds above 0, up to " +
                             "1,000,000");
  return Error::success();
}

Error readLive(const VerbRow &row, const InputArgList &args, Options &options) {
  const Arg *pid = args.getLastArg(OPT_pid);
  if (!pid)
    return wrongUsage(Twine("hotpad ") + row.name + ": which process? --pid P");
  if (StringRef(pid->getValue()).getAsInteger(10, options.pid) ||
      options.pid == 0 || options.pid > INT32_MAX)
    return createStringError(Twine("--pid ") + pid->getValue() +
                             ": not the number of a process");
  for (const std::string &pair : args.getAllArgValues(OPT_map)) {
    auto [from, to] = StringRef(pair).split('=');
    if (from.empty() || to.empty())
      return createStringError("--map " + pair + ": expected OLD=NEW");
    options.maps.push_back({from.str(), to.str()});
  }
  options.symbols = args.getAllArgValues(OPT_symbols);
  options.dryRun = args.hasArg(OPT_dry_run);
  options.all = args.hasArg(OPT_all);
  options.identity = args.getLastArgValue(OPT_identity);
  if (options.verb == Verb::Apply && !options.identity.empty() &&
      (!options.inputs.empty() || !options.maps.empty()))
    return wrongUsage("hotpad apply: --identity is a patch of its own");
  if (options.verb == Verb::Apply && options.identity.empty() &&
      options.inputs.size() != 1)
    return wrongUsage(Twine("hotpad apply: one patch at a time, not ") +
                      Twine(options.inputs.size()));
  options.noStop = args.hasArg(OPT_no_stop);
  options.patch = args.getLastArgValue(OPT_patch);
  if (options.verb == Verb::Revert &&
      !options.inputs.empty() + !options.patch.empty() + options.all > 1)
    return wrongUsage("hotpad revert: functions, --patch and --all are two or "
                      "three ways to say what");
  if (options.verb == Verb::Status && !options.inputs.empty())
    return wrongUsage("hotpad status takes no '" + options.inputs[0] + "'");
  return options.verb == Verb::Trace ? readTrace(args, options)
                                     : Error::success();
}

/// The file that a linker's argument names: `FILE`, `-oFILE`, `-Map=FILE`,
/// `/out:FILE`.
StringRef fileOf(StringRef argument) {
  if (argument.consume_front("-o"))
    return argument;
  if (argument.starts_with("-") || argument.starts_with("/")) {
    size_t separator = argument.find_first_of("=:");
    if (separator != StringRef::npos)
      return argument.drop_front(separator + 1);
  }
  return argument;
}

/// A report must not take the place of what is reported on.
Error checkJsonFile(const Options &options) {
  if (options.jsonFile.empty())
    return Error::success();
  bool isLink = options.verb == Verb::Link;
  for (const std::string &input : options.inputs)
    if (isSamePlace(input, options.jsonFile) ||
        (isLink && isSamePlace(fileOf(input), options.jsonFile)))
      return createStringError(
          "--json=" + options.jsonFile + " is " +
          (isLink ? "a file of the link" : "an input") +
          ", which it would overwrite: give the report a name of its own");
  return Error::success();
}

/// `@FILE` stays as it is when there is no such file.
Error checkResponseFile(StringRef argument) {
  if (argument.starts_with("@") && !sys::fs::exists(argument))
    return createStringError(argument + ": No such file or directory");
  return Error::success();
}

Error checkVerb(const VerbRow &row, const InputArgList &args,
                const Table &table) {
  for (const Arg *arg : args) {
    unsigned id = arg->getOption().getID();
    if (id == OPT_UNKNOWN) {
      std::string spelling = arg->getAsString(args), nearest;
      std::string hint;
      if (table.findNearest(spelling, nearest) <= 2)
        hint = "; did you mean '" + nearest + "'?";
      return wrongUsage("unknown option '" + spelling + "'" + hint);
    }
    if (id != OPT_INPUT && !is_contained(row.options, id) &&
        !is_contained(kEveryVerb, id))
      return wrongUsage("option '" + StringRef(arg->getSpelling()) +
                        "' is not for `hotpad " + row.name + "`");
  }
  return Error::success();
}

} // namespace

Expected<Options> parseOptions(ArrayRef<const char *> arguments) {
  BumpPtrAllocator allocator;
  StringSaver saver(allocator);
  // What stands behind `--` is for the linker, which reads its own @files.
  auto split = llvm::find_if(
      arguments, [](const char *a) { return StringRef(a) == "--"; });
  SmallVector<const char *, 0> own(arguments.begin(), split);
  bool isLink = !own.empty() && StringRef(own[0]) == "link";
  if (!isLink)
    own.assign(arguments.begin(), arguments.end());
  cl::ExpansionContext expansion(allocator, cl::TokenizeGNUCommandLine);
  if (Error error = expansion.expandResponseFiles(own))
    return error;

  Options options;
  if (own.empty() || StringRef(own[0]) == "--help" ||
      StringRef(own[0]) == "-h" || StringRef(own[0]) == "help") {
    if (own.empty())
      return wrongUsage("nothing to do");
    options.message = overview();
    return options;
  }
  if (Error error = checkResponseFile(own[0]))
    return error;
  if (StringRef(own[0]) == "--version") {
    options.message = "hotpad " HOTPAD_VERSION "\n";
    return options;
  }
  auto row = llvm::find_if(allVerbs(), [&](const VerbRow &candidate) {
    return StringRef(candidate.name) == own[0];
  });
  if (row == allVerbs().end()) {
    std::string hint;
    for (const VerbRow &candidate : allVerbs())
      if (StringRef(own[0]).edit_distance(candidate.name) <= 2)
        hint = std::string("; did you mean '") + candidate.name + "'?";
    return wrongUsage(Twine("unknown verb '") + own[0] + "'" + hint);
  }
  options.verb = row->verb;

  Table table;
  unsigned missingIndex = 0, missingCount = 0;
  InputArgList args =
      table.ParseArgs(ArrayRef(own).drop_front(), missingIndex, missingCount);
  if (args.hasArg(OPT_help)) {
    options.message = helpOf(*row);
    return options;
  }
  for (const Arg *arg : args.filtered(OPT_INPUT))
    if (Error error = checkResponseFile(arg->getValue()))
      return error;
  if (missingCount != 0)
    return wrongUsage(Twine("option '") + args.getArgString(missingIndex) +
                      "' needs a value");
  if (Error error = checkVerb(*row, args, table))
    return error;
  if (Error error = readConfig(args, options))
    return error;
  options.inputs = args.getAllArgValues(OPT_INPUT);
  options.output = args.getLastArgValue(OPT_output);
  if (const Arg *arg = args.getLastArg(OPT_output_long))
    options.output = arg->getValue();
  options.outDir = args.getLastArgValue(OPT_out_dir);
  options.explain = args.getLastArgValue(OPT_explain);
  options.flavor = args.getLastArgValue(OPT_flavor);
  options.json = args.hasArg(OPT_json, OPT_json_file);
  options.jsonFile = args.getLastArgValue(OPT_json_file);
  options.time = args.hasArg(OPT_time);
  options.quiet = args.hasArg(OPT_quiet);

  if (isLink) {
    if (!options.inputs.empty() || split == arguments.end())
      return wrongUsage("the linker's arguments stand behind `--`");
    options.inputs.assign(std::next(split), arguments.end());
    if (args.hasArg(OPT_flavor) &&
        !is_contained({"gnu", "link", "mingw"}, options.flavor))
      return wrongUsage("--flavor=" + options.flavor +
                        ": there are gnu, link and mingw");
  } else if (isLive(options.verb)) {
    if (Error error = readLive(*row, args, options))
      return error;
  } else if (options.inputs.empty()) {
    return wrongUsage(Twine("hotpad ") + row->name + ": no input file");
  }
  if (Error error = checkJsonFile(options))
    return error;
  return options;
}

} // namespace hotpad
